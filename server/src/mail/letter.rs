//! What a mail looks like: the same few parts as text and as HTML.

use std::sync::LazyLock;

use minijinja::{Environment, context};

/// What a mail says, each part in the reader's language.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// What it is about.
    pub subject: String,
    /// What happened.
    pub lead: String,
    /// What somebody wants to say with it; may be empty.
    pub quote: String,
    /// A code to type; may be empty.
    pub code: String,
    /// Where to go, and what the button says.
    pub link: Option<(String, String)>,
    /// What to know besides.
    pub remark: String,
}

/// A letter in its two forms.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// For those who read text.
    pub plain: String,
    /// The same as HTML.
    pub html: String,
}

/// Styles stand in the elements: programs that show mail drop style sheets.
const HTML: &str = r##"<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:32px 16px;background:#f6f4ef;color:#23211d;font:16px/1.75 -apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',Segoe UI,sans-serif">
<div style="max-width:480px;margin:0 auto;padding:32px;background:#fff;border:1px solid #e4dfd4;border-radius:10px">
<p style="margin:0 0 24px;color:#6d675c;font-size:14px">Countersign 会签</p>
<p style="margin:0 0 20px">{{ lead }}</p>
{% if quote %}<p style="margin:0 0 20px;padding:4px 0 4px 16px;border-left:3px solid #d8d1c2;white-space:pre-line">{{ quote }}</p>
{% endif %}{% if code %}<p style="margin:0 0 20px;font:600 30px/1.4 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px">{{ code }}</p>
{% endif %}{% if link %}<p style="margin:0 0 20px"><a href="{{ link[1] }}" style="display:inline-block;padding:10px 20px;background:#1f5f53;color:#fff;text-decoration:none;border-radius:8px">{{ link[0] }}</a></p>
<p style="margin:0 0 20px;font-size:13px;word-break:break-all;color:#6d675c">{{ link[1] }}</p>
{% endif %}<p style="margin:0;color:#6d675c;font-size:14px">{{ remark }}</p>
</div></body></html>
"##;

const PLAIN: &str = "{{ lead }}
{% if quote %}
{{ quote }}
{% endif %}{% if code %}
    {{ code }}
{% endif %}{% if link %}
{{ link[0] }}: {{ link[1] }}
{% endif %}
{{ remark }}

-- 
Countersign 会签
";

static FORMS: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut forms = Environment::new();
    // The ending decides that what is put in is escaped.
    forms.add_template("letter.html", HTML)?;
    forms.add_template("letter.txt", PLAIN)?;
    Ok(forms)
});

impl Letter {
    /// Both forms.
    ///
    /// # Errors
    /// A form could not be filled in: ours to mend.
    pub fn render(&self) -> Result<Rendered, String> {
        let forms = FORMS.as_ref().map_err(ToString::to_string)?;
        let fill = |name| {
            let form = forms.get_template(name)?;
            form.render(context! {
                lead => &self.lead, quote => &self.quote, code => &self.code,
                link => &self.link, remark => &self.remark,
            })
        };
        let render = |name| fill(name).map_err(|error: minijinja::Error| error.to_string());
        Ok(Rendered {
            plain: render("letter.txt")?,
            html: render("letter.html")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_stays_text() {
        let letter = Letter {
            lead: "<script>alert(1)</script> & 李经理".to_owned(),
            quote: "第一行\n\"><img src=x>".to_owned(),
            code: "012345".to_owned(),
            link: Some((
                "打开".to_owned(),
                "https://example.com/enter#abc".to_owned(),
            )),
            ..Letter::default()
        };
        let Rendered { plain, html } = letter.render().expect("rendered");
        assert!(
            !html.contains("<script>") && !html.contains("<img"),
            "{html}"
        );
        assert!(html.contains("&lt;script&gt;"), "{html}");
        assert!(
            plain.contains("<script>alert(1)</script> & 李经理"),
            "{plain}"
        );
        for form in [&plain, &html] {
            assert!(form.contains("012345") && form.contains("第一行"), "{form}");
        }
        assert!(plain.contains("https://example.com/enter#abc"), "{plain}");
    }
}
