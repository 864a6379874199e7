//! The editor on the page: downloaded, mounted over the server-rendered HTML, told what changed,
//! and mounted again from the document if it ever fails.
//!
//! Every call here runs the editor's program, which may call the host back: nothing of the session
//! may be borrowed meanwhile. So callers take a [`EditorHandle`] out first.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use crate::editor_host::{EditorHandle, EditorProgram, HostCalls, MountOptions, MountedEditor};

/// How often a failed editor is mounted again before the page says so and stays readable.
const REMOUNTS: u8 = 3;

/// The state of the editor on this page.
pub(crate) struct Surface {
    root: HtmlElement,
    program: Option<Rc<EditorProgram>>,
    editor: Option<MountedEditor>,
    editable: bool,
    images: String,
    labels: String,
    lang: String,
    people: String,
    failures: u8,
}

impl Surface {
    /// A surface that shows what the server rendered.
    pub(crate) fn new(
        root: HtmlElement,
        images: String,
        labels: String,
        lang: String,
        people: String,
    ) -> Self {
        Self {
            root,
            program: None,
            editor: None,
            editable: false,
            images,
            labels,
            lang,
            people,
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
        std::mem::replace(&mut self.editable, editable) != editable
    }

    /// Whether there is an editor and typing is allowed in it.
    pub(crate) fn takes_edits(&self) -> bool {
        self.editable && self.editor.is_some()
    }

    /// The editor's words, a JSON object.
    pub(crate) fn labels(&self) -> &str {
        &self.labels
    }

    /// Shows the document without an editor; `html` is the model's, where everything is escaped.
    pub(crate) fn show(&self, html: &str) {
        self.root.set_inner_html(html);
    }

    /// Other words for the editor; it has to be mounted again to use them.
    pub(crate) fn relabel(&mut self, labels: String, lang: String) {
        self.labels = labels;
        self.lang = lang;
    }

    /// What mounting needs, taken out so that nothing is borrowed while the editor runs.
    pub(crate) fn plan(&self) -> Option<MountPlan> {
        Some(MountPlan {
            program: Rc::clone(self.program.as_ref()?),
            root: self.root.clone(),
            editable: self.editable,
            images: self.images.clone(),
            labels: self.labels.clone(),
            lang: self.lang.clone(),
            people: self.people.clone(),
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
    editable: bool,
    images: String,
    labels: String,
    lang: String,
    people: String,
}

impl MountPlan {
    /// Runs the editor's program.
    pub(crate) fn run(&self, host: &Rc<dyn HostCalls>) -> Result<MountedEditor, JsValue> {
        let options = MountOptions {
            editable: self.editable,
            images: &self.images,
            labels: &self.labels,
            lang: &self.lang,
            people: &self.people,
        };
        self.program.mount(&self.root, host, &options)
    }
}
