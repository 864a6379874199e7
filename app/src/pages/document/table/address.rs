//! A table's arrangement in the address: a link to the table shows what its sender saw.

use super::arrange::{Arrangement, Direction, FILTERS, GROUPS};
use super::row::Column;

const SORT: &str = "sort";
const GROUP: &str = "group";
const TEXT: &str = "q";
/// No grouping, where saying nothing would mean the usual one.
const NONE: &str = "none";
/// In front of a column sorted from largest to smallest.
const DOWN: char = '-';

/// Reads an arrangement; `get` gives the value of a parameter. What it does not know it passes over.
pub fn read(get: &dyn Fn(&str) -> Option<String>) -> Arrangement {
    let mut how = Arrangement::default();
    if let Some(sort) = get(SORT) {
        let (column, direction) = match sort.strip_prefix(DOWN) {
            Some(column) => (column, Direction::Descending),
            None => (sort.as_str(), Direction::Ascending),
        };
        how.sort = Column::from_word(column).map(|column| (column, direction));
    }
    if let Some(group) = get(GROUP) {
        let known = Column::from_word(&group).filter(|column| GROUPS.contains(column));
        if known.is_some() || group == NONE {
            how.group = known;
        }
    }
    how.text = get(TEXT).unwrap_or_default();
    for column in FILTERS {
        if let Some(value) = get(column.as_str()).filter(|value| !value.is_empty()) {
            how.only.insert(column, value);
        }
    }
    how
}

/// The parameters that say what differs from the usual arrangement.
pub fn write(how: &Arrangement) -> Vec<(&'static str, String)> {
    let mut parameters = Vec::new();
    if let Some((column, direction)) = how.sort {
        let down = match direction {
            Direction::Ascending => "",
            Direction::Descending => "-",
        };
        parameters.push((SORT, format!("{down}{}", column.as_str())));
    }
    if how.group != Arrangement::default().group {
        let group = how.group.map_or(NONE, Column::as_str);
        parameters.push((GROUP, group.to_owned()));
    }
    if !how.text.trim().is_empty() {
        parameters.push((TEXT, how.text.trim().to_owned()));
    }
    for (column, value) in &how.only {
        parameters.push((column.as_str(), value.clone()));
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(parameters: &[(&'static str, String)]) -> Arrangement {
        let get = |name: &str| {
            let found = parameters.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| value.clone())
        };
        read(&get)
    }

    #[test]
    fn the_usual_arrangement_needs_no_words() {
        assert_eq!(write(&Arrangement::default()), []);
        assert_eq!(back(&[]), Arrangement::default());
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut how = Arrangement {
            sort: Some((Column::Due, Direction::Descending)),
            group: None,
            text: "入库".to_owned(),
            ..Arrangement::default()
        };
        how.only.insert(Column::Owner, "王敏 & 李".to_owned());
        how.only.insert(Column::Status, "-".to_owned());
        assert_eq!(back(&write(&how)), how);
        how.sort = Some((Column::Number, Direction::Ascending));
        how.group = Some(Column::Priority);
        assert_eq!(back(&write(&how)), how);
    }

    #[test]
    fn strange_words_mean_nothing() {
        let strange = [
            ("sort", "-colour".to_owned()),
            ("group", "due".to_owned()),
            ("kind", String::new()),
        ];
        assert_eq!(back(&strange), Arrangement::default());
    }
}
