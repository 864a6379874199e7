//! The boundary to the editor's TypeScript: the object it calls (`host`), the handle we call.
//! Structured values cross as JSON strings; no decision is made here.

use std::rc::Rc;

use js_sys::{JSON, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

/// What the editor may call, at any time and also from inside a call to its handle.
pub(crate) trait HostCalls {
    /// The whole document as JSON.
    fn tree(&self) -> String;
    /// One item as JSON, if it is there.
    fn item(&self, id: &str) -> Option<String>;
    /// Applies edits; an error makes the editor show the document again.
    fn apply(&self, edits: &str) -> Result<(), JsValue>;
    /// The selection moved, or left the document.
    fn selection(&self, selection: Option<&str>);
    /// A composition began or ended.
    fn composing(&self, active: bool);
    /// The person went to reading mode, or back to writing.
    fn reading(&self, active: bool);
    /// The person follows this peer from now on, or nobody.
    fn following(&self, peer: Option<&str>);
    /// The person wants this item in another document.
    fn move_item(&self, id: &str);
    /// Commit what is open.
    fn flush(&self);
    /// A fresh id for a section or item.
    fn new_id(&self) -> String;
    /// A remark for the person, as a stable code.
    fn notice(&self, code: &str);
}

#[wasm_bindgen]
extern "C" {
    /// Defined by the page's boot script: imports the editor's module under its hashed name.
    #[wasm_bindgen(catch, js_namespace = globalThis, js_name = loadEditor)]
    fn load_editor() -> Result<Promise, JsValue>;

    type EditorModule;

    #[wasm_bindgen(method, catch)]
    fn mount(
        this: &EditorModule,
        root: &HtmlElement,
        host: &Object,
        options: &Object,
    ) -> Result<EditorHandle, JsValue>;

    /// The mounted editor (`EditorHandle` in `frontend/editor/src/host.ts`).
    #[derive(Clone)]
    pub(crate) type EditorHandle;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn remote(this: &EditorHandle, update: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn presence(this: &EditorHandle, peers: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn follow(this: &EditorHandle, peer: Option<&str>) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = setEditable)]
    pub(crate) fn set_editable(this: &EditorHandle, editable: bool) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn reveal(this: &EditorHandle, target: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = insertItem)]
    pub(crate) fn insert_item(this: &EditorHandle, kind: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = insertImage)]
    pub(crate) fn insert_image(this: &EditorHandle) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = restoreItem)]
    pub(crate) fn restore_item(this: &EditorHandle, id: &str, kind: &str) -> Result<bool, JsValue>;

    #[wasm_bindgen(method, catch, js_name = editItem)]
    pub(crate) fn edit_item(this: &EditorHandle, edit: &str) -> Result<bool, JsValue>;

    #[wasm_bindgen(method, catch, js_name = chooseField)]
    pub(crate) fn choose_field(
        this: &EditorHandle,
        anchor: &HtmlElement,
        id: &str,
        field: &str,
        told: &JsValue,
    ) -> Result<bool, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn undo(this: &EditorHandle) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn redo(this: &EditorHandle) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn shown(this: &EditorHandle) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn destroy(this: &EditorHandle) -> Result<(), JsValue>;
}

/// How to mount the editor (`Options` in `frontend/editor/src/host.ts`).
#[derive(Clone)]
pub(crate) struct MountOptions {
    /// Whether typing is allowed from the start.
    pub(crate) editable: bool,
    /// Where the images of the document are.
    pub(crate) images: String,
    /// The editor's words, a JSON object.
    pub(crate) labels: String,
    /// `zh-CN` or `en`.
    pub(crate) lang: String,
    /// Who can be named, a JSON list.
    pub(crate) people: String,
    /// What words mean, a JSON list.
    pub(crate) terms: String,
}

/// A mounted editor with the closures it calls. Dropping it without [`Self::destroy`] would leave
/// the surface calling closures that are gone, so the session always destroys first.
pub(crate) struct MountedEditor {
    handle: EditorHandle,
    _calls: Calls,
}

impl MountedEditor {
    /// The handle, to be called while nothing of the session is borrowed.
    pub(crate) fn handle(&self) -> EditorHandle {
        self.handle.clone()
    }

    /// Gives the surface back.
    pub(crate) fn destroy(self) -> Result<(), JsValue> {
        self.handle.destroy()
    }
}

/// The editor's program, once it has been downloaded.
pub(crate) struct EditorProgram(EditorModule);

impl EditorProgram {
    /// Downloads the editor's program; the browser caches it by its hashed name.
    pub(crate) async fn load() -> Result<Self, JsValue> {
        let module = JsFuture::from(load_editor()?).await?;
        Ok(Self(module.unchecked_into()))
    }

    /// Mounts the editor in `root`, taking over what is there.
    pub(crate) fn mount(
        &self,
        root: &HtmlElement,
        host: &Rc<dyn HostCalls>,
        options: &MountOptions,
    ) -> Result<MountedEditor, JsValue> {
        let mut calls = Calls {
            host: Object::new(),
            closures: Vec::new(),
        };
        calls.provide(host)?;
        let given = Object::new();
        Reflect::set(&given, &"editable".into(), &options.editable.into())?;
        Reflect::set(&given, &"images".into(), &options.images.as_str().into())?;
        Reflect::set(&given, &"labels".into(), &JSON::parse(&options.labels)?)?;
        Reflect::set(&given, &"lang".into(), &options.lang.as_str().into())?;
        Reflect::set(&given, &"people".into(), &JSON::parse(&options.people)?)?;
        Reflect::set(&given, &"terms".into(), &JSON::parse(&options.terms)?)?;
        let handle = self.0.mount(root, &calls.host, &given)?;
        Ok(MountedEditor {
            handle,
            _calls: calls,
        })
    }
}

/// The `host` object and the closures behind its methods.
struct Calls {
    host: Object,
    closures: Vec<Closure<dyn FnMut(JsValue) -> Answer>>,
}

/// What a call of the editor gets: a value, or an exception.
type Answer = Result<JsValue, JsValue>;

impl Calls {
    fn provide(&mut self, host: &Rc<dyn HostCalls>) -> Result<(), JsValue> {
        self.method(host, "tree", |host, _| Ok(host.tree().into()))?;
        self.method(host, "item", |host, id| {
            let found = host.item(&id.as_string().unwrap_or_default());
            Ok(found.map_or(JsValue::NULL, JsValue::from))
        })?;
        self.method(host, "apply", |host, edits| {
            let applied = host.apply(&edits.as_string().unwrap_or_default());
            applied.map(|()| JsValue::UNDEFINED)
        })?;
        self.method(host, "selection", |host, selection| {
            host.selection(selection.as_string().as_deref());
            Ok(JsValue::UNDEFINED)
        })?;
        self.method(host, "composing", |host, active| {
            host.composing(active.is_truthy());
            Ok(JsValue::UNDEFINED)
        })?;
        self.method(host, "reading", |host, active| {
            host.reading(active.is_truthy());
            Ok(JsValue::UNDEFINED)
        })?;
        self.method(host, "following", |host, peer| {
            host.following(peer.as_string().as_deref());
            Ok(JsValue::UNDEFINED)
        })?;
        self.method(host, "moveItem", |host, id| {
            host.move_item(&id.as_string().unwrap_or_default());
            Ok(JsValue::UNDEFINED)
        })?;
        self.method(host, "flush", |host, _| {
            host.flush();
            Ok(JsValue::UNDEFINED)
        })?;
        self.method(host, "newId", |host, _| Ok(host.new_id().into()))?;
        self.method(host, "notice", |host, code| {
            host.notice(&code.as_string().unwrap_or_default());
            Ok(JsValue::UNDEFINED)
        })
    }

    fn method(
        &mut self,
        host: &Rc<dyn HostCalls>,
        name: &str,
        call: impl Fn(&dyn HostCalls, JsValue) -> Answer + 'static,
    ) -> Result<(), JsValue> {
        let host = Rc::clone(host);
        let closure = Closure::new(move |argument: JsValue| call(&*host, argument));
        Reflect::set(&self.host, &name.into(), closure.as_ref())?;
        self.closures.push(closure);
        Ok(())
    }
}
