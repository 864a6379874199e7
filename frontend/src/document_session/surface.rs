//! The editor on the page: downloaded, mounted over the server-rendered HTML, told what changed,
//! and mounted again from the document if it ever fails.
//!
//! Every call here runs the editor's program, which may call the host back: nothing of the session
//! may be borrowed meanwhile. So callers take a [`EditorHandle`] out first.

use std::rc::Rc;

use app::editor::port::OpenRequest;
use model::html::images_address;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use crate::editor_host::{EditorHandle, EditorProgram, HostCalls, MountOptions, MountedEditor};

/// How often a failed editor is mounted again before the page says so and stays readable.
const REMOUNTS: u8 = 3;

/// How the editor of this document is mounted.
pub(crate) fn options_of(request: &OpenRequest) -> MountOptions {
    MountOptions {
        editable: false,
        images: images_address(request.document),
        labels: request.labels.clone(),
        lang: request.language.as_str().to_owned(),
        people: request.people.clone(),
        terms: request.terms.clone(),
    }
}

/// The state of the editor on this page.
pub(crate) struct Surface {
    root: HtmlElement,
    program: Option<Rc<EditorProgram>>,
    editor: Option<MountedEditor>,
    options: MountOptions,
    failures: u8,
}

impl Surface {
    /// A surface that shows what the server rendered.
    pub(crate) fn new(root: HtmlElement, options: MountOptions) -> Self {
        Self {
            root,
            program: None,
            editor: None,
            options,
            failures: 0,
        }
    }

    /// The editor's program has arrived.
    pub(crate) fn set_program(&mut self, program: EditorProgram) {
        self.program = Some(Rc::new(program));
    }

    /// Whether the editor could be mounted now.
    pub(crate) fn is_ready(&self) -> bool {
        self.program.is_some() && self.editor.is_none() && self.failures < REMOUNTS
    }

    /// Whether the editor has failed too often.
    pub(crate) fn has_given_up(&self) -> bool {
        self.failures >= REMOUNTS
    }

    /// The mounted editor.
    pub(crate) fn handle(&self) -> Option<EditorHandle> {
        self.editor.as_ref().map(MountedEditor::handle)
    }

    /// Whether typing is allowed; says whether that is new.
    pub(crate) fn allow_typing(&mut self, editable: bool) -> bool {
        std::mem::replace(&mut self.options.editable, editable) != editable
    }

    /// Whether there is an editor and typing is allowed in it.
    pub(crate) fn takes_edits(&self) -> bool {
        self.options.editable && self.editor.is_some()
    }

    /// The editor's words, a JSON object.
    pub(crate) fn labels(&self) -> &str {
        &self.options.labels
    }

    /// Shows the document without an editor; `html` is the model's, where everything is escaped.
    pub(crate) fn show(&self, html: &str) {
        self.root.set_inner_html(html);
    }

    /// Other words for the editor; it has to be mounted again to use them.
    pub(crate) fn relabel(&mut self, labels: String, lang: String) {
        self.options.labels = labels;
        self.options.lang = lang;
    }

    /// What mounting needs, taken out so that nothing is borrowed while the editor runs.
    pub(crate) fn plan(&self) -> Option<MountPlan> {
        Some(MountPlan {
            program: Rc::clone(self.program.as_ref()?),
            root: self.root.clone(),
            options: self.options.clone(),
        })
    }

    /// The outcome of a plan.
    pub(crate) fn mounted(&mut self, outcome: Result<MountedEditor, JsValue>) {
        match outcome {
            Ok(editor) => self.editor = Some(editor),
            Err(error) => {
                self.failures += 1;
                web_sys::console::error_2(&"the editor did not start".into(), &error);
            }
        }
    }

    /// Takes the editor off the page, because it failed or because the page is left.
    pub(crate) fn take(&mut self) -> Option<MountedEditor> {
        self.editor.take()
    }

    /// Counts a failure of the running editor.
    pub(crate) fn failed(&mut self, error: &JsValue) {
        self.failures += 1;
        web_sys::console::error_2(&"the editor failed and is started again".into(), error);
    }
}

/// One attempt to mount the editor.
pub(crate) struct MountPlan {
    program: Rc<EditorProgram>,
    root: HtmlElement,
    options: MountOptions,
}

impl MountPlan {
    /// Runs the editor's program.
    pub(crate) fn run(&self, host: &Rc<dyn HostCalls>) -> Result<MountedEditor, JsValue> {
        self.program.mount(&self.root, host, &self.options)
    }
}
