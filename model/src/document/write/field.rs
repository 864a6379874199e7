//! Fields of the document and of items: short facts with a name, some with a vocabulary.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjId, ReadDoc};

use super::read;
use crate::edit::EditError;
use crate::limits;
use crate::schema;

/// Refuses names that cannot be a field's.
pub(super) fn check_field_name(field: &str) -> Result<(), EditError> {
    let invalid = |reason| {
        Err(EditError::InvalidField {
            field: field.chars().take(80).collect(),
            reason,
        })
    };
    if field.is_empty() || field.len() > limits::FIELD_NAME_BYTES_MAX {
        return invalid("its name is empty or too long");
    }
    if !field
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    {
        return invalid("its name may hold only a-z, 0-9 and _");
    }
    if schema::ITEM_KEYS_RESERVED.contains(&field) {
        return invalid("this name has a meaning of its own");
    }
    Ok(())
}

/// Refuses values a field cannot have.
pub(super) fn check_value(field: &str, value: &str) -> Result<(), EditError> {
    let invalid = |reason| {
        Err(EditError::InvalidField {
            field: field.to_owned(),
            reason,
        })
    };
    if value.len() > limits::FIELD_VALUE_BYTES_MAX {
        return invalid("the value is too long");
    }
    if value
        .chars()
        .any(|letter| letter.is_control() && letter != '\n')
    {
        return invalid("the value holds control characters");
    }
    match schema::field_words(field) {
        Some(words) if !words.contains(&value) => invalid("the value is not one of its words"),
        _ => Ok(()),
    }
}

/// Refuses a field that cannot be set so, or is one too many.
pub(super) fn check_field(
    doc: &AutoCommit,
    map: &ObjId,
    field: &str,
    value: Option<&str>,
) -> Result<(), EditError> {
    check_field_name(field)?;
    if let Some(value) = value {
        check_value(field, value)?;
        let is_new = doc.get(map, field)?.is_none();
        if is_new && doc.length(map) >= limits::FIELDS_MAX {
            return Err(EditError::TooLarge {
                what: "the number of fields",
                limit: limits::FIELDS_MAX,
            });
        }
    }
    Ok(())
}

/// Writes a value only where it differs.
pub(super) fn put_or_delete(
    doc: &mut AutoCommit,
    map: &ObjId,
    field: &str,
    value: Option<&str>,
) -> Result<(), EditError> {
    match value {
        Some(value) if read::string(doc, map, field).as_deref() == Some(value) => {}
        Some(value) => doc.put(map, field, value)?,
        None if doc.get(map, field)?.is_some() => doc.delete(map, field)?,
        None => {}
    }
    Ok(())
}
