//! A table for other programs: tab-separated text and HTML. Cells come from people, and a spreadsheet
//! takes some texts for formulas: those get an apostrophe in front, in both forms, because both are pasted.

/// First characters that make a spreadsheet calculate.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// A table in the two forms a clipboard takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Tab-separated lines.
    pub text: String,
    /// An HTML table.
    pub html: String,
}

/// Puts rows of cells into both forms; the first row is the headings.
pub fn copied(rows: &[Vec<String>]) -> Copied {
    let mut text = String::new();
    let mut html = String::from("<table>");
    for (at, row) in rows.iter().enumerate() {
        let (open, close) = match at {
            0 => ("<th>", "</th>"),
            _ => ("<td>", "</td>"),
        };
        html.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            let cell = harmless(cell);
            if place > 0 {
                text.push('\t');
            }
            text.push_str(&cell);
            html.push_str(open);
            push_escaped(&mut html, &cell);
            html.push_str(close);
        }
        text.push('\n');
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    Copied { text, html }
}

/// One line without tabs that no spreadsheet calculates.
fn harmless(cell: &str) -> String {
    let line: String = cell
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    match line.trim_start().starts_with(FORMULA) {
        true => format!("'{line}"),
        false => line,
    }
}

fn push_escaped(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            _ => html.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(cells: &[&[&str]]) -> Copied {
        let row = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        copied(&cells.iter().map(row).collect::<Vec<Vec<String>>>())
    }

    #[test]
    fn a_table_is_lines_of_cells_in_both_forms() {
        let made = table(&[&["编号", "标题"], &["R-001", "扫码"], &["", "a\tb\nc"]]);
        assert_eq!(made.text, "编号\t标题\nR-001\t扫码\n\ta b c\n");
        assert_eq!(
            made.html,
            "<table><tr><th>编号</th><th>标题</th></tr><tr><td>R-001</td><td>扫码</td></tr>\
             <tr><td></td><td>a b c</td></tr></table>"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+49 30", "-5 °C", "@SUM(A1)", " =1", "\t=1", "\r=1"] {
            let made = table(&[&[cell]]);
            assert!(made.text.starts_with('\''), "{cell:?}: {}", made.text);
            assert!(made.html.contains("<th>'"), "{cell:?}: {}", made.html);
        }
        assert_eq!(table(&[&["1-2", "a=b"]]).text, "1-2\ta=b\n");
    }

    #[test]
    fn what_people_wrote_is_text_in_html() {
        let made = table(&[&["<img src=x onerror=\"a&b\">"]]);
        assert!(!made.html.contains("<img"), "{}", made.html);
        assert!(
            made.html
                .contains("&lt;img src=x onerror=&quot;a&amp;b&quot;&gt;")
        );
    }
}
