//! Takes out what the pages' program holds and never calls.
//!
//! Every erased view carries a table of functions, one of them for hydrating page by page as parts of
//! the program arrive. This program arrives whole and hydrates at once (`hydrate_body`), but a function
//! in a table is out of reach of the linker and of wasm-opt: a tenth of the download was never run.

use anyhow::{Result, ensure};
use walrus::{FunctionKind, ModuleConfig};

/// What the names of such functions contain; mangling keeps it whole.
const UNCALLED: &str = "into_any13hydrate_async";

/// Replaces the body of every such function by a trap; wasm-opt then drops what only they called.
pub(crate) fn take_out(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut module = ModuleConfig::new().strict_validate(false).parse(bytes)?;
    let mut found = 0;
    for function in module.funcs.iter_mut() {
        let is_uncalled = function
            .name
            .as_deref()
            .is_some_and(|name| name.contains(UNCALLED));
        let FunctionKind::Local(body) = &mut function.kind else {
            continue;
        };
        if is_uncalled {
            let mut body = body.builder_mut().func_body();
            body.instrs_mut().clear();
            body.unreachable();
            found += 1;
        }
    }
    // Otherwise nothing would tell that the framework renamed it.
    ensure!(found > 0, "no function is named …{UNCALLED}…");
    Ok(module.emit_wasm())
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{FunctionBuilder, Module, ValType};

    /// A module with one function of the given name that adds a number to its argument.
    fn module_with(name: &str) -> Vec<u8> {
        let mut module = Module::default();
        let argument = module.locals.add(ValType::I32);
        let mut body = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
        body.name(name.to_owned());
        body.func_body()
            .local_get(argument)
            .i32_const(41)
            .binop(walrus::ir::BinaryOp::I32Add);
        let id = body.finish(vec![argument], &mut module.funcs);
        module.exports.add("entry", id);
        module.emit_wasm()
    }

    fn is_a_trap(bytes: &[u8]) -> bool {
        let module = Module::from_buffer(bytes).expect("still a module");
        let (_, function) = module.funcs.iter_local().next().expect("still there");
        let block = function.block(function.entry_block());
        matches!(
            block.instrs.first(),
            Some((walrus::ir::Instr::Unreachable(_), _))
        )
    }

    #[test]
    fn what_is_never_called_becomes_a_trap_of_the_same_type() {
        let bytes = module_with("_ZN6tachys4view8any_view$GT$8into_any13hydrate_async17h0E");
        assert!(!is_a_trap(&bytes));
        assert!(is_a_trap(&take_out(&bytes).expect("taken out")));
    }

    #[test]
    fn a_program_without_any_is_an_error() {
        let error = take_out(&module_with("hydrate")).expect_err("nothing to take out");
        assert!(error.to_string().contains("hydrate_async"));
    }
}
