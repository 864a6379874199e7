//! Counting what run-length coded columns unfold to, without unfolding them. A few bytes can say
//! "four billion times"; here that is a number, inside Automerge it would be memory.

use super::chunk::{Column, Cursor};
use super::gate::Refusal;
use crate::limits;

/// What a chunk's columns may unfold to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    rows: u64,
    grouped: u64,
    text_bytes: u64,
}

impl Allowance {
    /// The allowance that goes with a number of rows.
    pub(crate) fn of_rows(rows: usize) -> Self {
        Self {
            rows: rows as u64,
            grouped: rows as u64 * limits::PREDECESSORS_PER_OP_MAX as u64,
            text_bytes: limits::UNFOLDED_TEXT_BYTES_MAX as u64,
        }
    }
}

/// The low three bits of a column's specification.
enum Coding {
    Group,
    Number,
    Delta,
    Boolean,
    Text,
    ValueHead,
    Value,
}

impl Coding {
    fn of(spec: u32) -> Self {
        match spec & 0b111 {
            0 => Self::Group,
            1 | 2 => Self::Number,
            3 => Self::Delta,
            4 => Self::Boolean,
            5 => Self::Text,
            6 => Self::ValueHead,
            _ => Self::Value,
        }
    }
}

/// What columns unfold to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Unfolded {
    /// Rows of the longest.
    pub(crate) rows: u64,
    /// Bytes of all keys and mark names.
    pub(crate) text_bytes: u64,
}

/// SPEC: G4. Counts what the columns unfold to, and refuses what goes beyond the allowance.
pub(crate) fn check(columns: &[Column<'_>], allowance: &Allowance) -> Result<Unfolded, Refusal> {
    let mut group: Option<u32> = None;
    let mut longest = 0;
    let mut value_bytes = 0;
    let mut text_bytes = 0_u64;
    for (spec, bytes) in columns {
        let id = spec >> 4;
        let rows = if group == Some(id) {
            allowance.grouped
        } else {
            allowance.rows
        };
        let mut cursor = Cursor::new(bytes);
        let unfolded = match Coding::of(*spec) {
            Coding::Group => {
                group = Some(id);
                let (rows, grouped) = sum_of_numbers(&mut cursor, rows)?;
                bounded(grouped, allowance.grouped, "predecessors")?;
                rows
            }
            Coding::Number => runs(&mut cursor, rows, Cursor::unsigned, |_, _| Ok(()))?,
            Coding::Delta => deltas(&mut cursor, rows)?,
            Coding::Boolean => booleans(&mut cursor, rows)?,
            Coding::Text => {
                let (rows, bytes) = texts(&mut cursor, rows)?;
                text_bytes += bytes;
                bounded(text_bytes, allowance.text_bytes, "repeated text")?;
                rows
            }
            Coding::ValueHead => {
                let (rows, bytes) = value_heads(&mut cursor, rows)?;
                value_bytes = bytes;
                rows
            }
            Coding::Value => {
                bounded(value_bytes, bytes.len() as u64, "values")?;
                0
            }
        };
        if rows == allowance.rows {
            longest = unfolded.max(longest);
        }
    }
    Ok(Unfolded {
        rows: longest,
        text_bytes,
    })
}

/// Walks a run-length coded column: `each` gets a value and how often it stands there. Returns the rows.
fn runs<'a, T>(
    cursor: &mut Cursor<'a>,
    most: u64,
    read: impl Fn(&mut Cursor<'a>) -> Result<T, Refusal>,
    mut each: impl FnMut(&T, u64) -> Result<(), Refusal>,
) -> Result<u64, Refusal> {
    let mut rows = 0_u64;
    while !cursor.is_empty() {
        let length = cursor.signed()?;
        let times = match length {
            0 => cursor.unsigned()?,
            _ => length.unsigned_abs(),
        };
        rows = rows.saturating_add(times);
        bounded(rows, most, "operations")?;
        if length > 0 {
            each(&read(cursor)?, times)?;
        } else if length < 0 {
            for _ in 0..times {
                each(&read(cursor)?, 1)?;
            }
        }
    }
    Ok(rows)
}

/// The rows, and what their numbers add up to.
fn sum_of_numbers(cursor: &mut Cursor<'_>, most: u64) -> Result<(u64, u64), Refusal> {
    let mut sum = 0_u64;
    let rows = runs(cursor, most, Cursor::unsigned, |value, times| {
        sum = sum.saturating_add(value.saturating_mul(times));
        Ok(())
    })?;
    Ok((rows, sum))
}

/// Differences must add up to numbers that exist.
fn deltas(cursor: &mut Cursor<'_>, most: u64) -> Result<u64, Refusal> {
    let mut at = 0_i64;
    runs(cursor, most, Cursor::signed, |delta, times| {
        at = i64::try_from(times)
            .ok()
            .and_then(|times| delta.checked_mul(times))
            .and_then(|step| at.checked_add(step))
            .ok_or(Refusal::TooLarge("operation counter"))?;
        Ok(())
    })
}

fn booleans(cursor: &mut Cursor<'_>, most: u64) -> Result<u64, Refusal> {
    let mut rows = 0_u64;
    while !cursor.is_empty() {
        rows = rows.saturating_add(cursor.unsigned()?);
        bounded(rows, most, "operations")?;
    }
    Ok(rows)
}

/// The rows, and the bytes of all their texts.
fn texts(cursor: &mut Cursor<'_>, most: u64) -> Result<(u64, u64), Refusal> {
    let mut unfolded = 0_u64;
    let rows = runs(cursor, most, Cursor::prefixed, |text, times| {
        value_fits(text.len() as u64)?;
        unfolded = unfolded.saturating_add(times.saturating_mul(text.len() as u64));
        Ok(())
    })?;
    Ok((rows, unfolded))
}

/// The rows, and the bytes all values take together; each head holds a length above four bits of type.
fn value_heads(cursor: &mut Cursor<'_>, most: u64) -> Result<(u64, u64), Refusal> {
    let mut bytes = 0_u64;
    let rows = runs(cursor, most, Cursor::unsigned, |head, times| {
        value_fits(head >> 4)?;
        bytes = bytes.saturating_add(times.saturating_mul(head >> 4));
        Ok(())
    })?;
    Ok((rows, bytes))
}

fn value_fits(bytes: u64) -> Result<(), Refusal> {
    bounded(bytes, limits::VALUE_BYTES_MAX as u64, "value")
}

fn bounded(have: u64, most: u64, what: &'static str) -> Result<(), Refusal> {
    if have > most {
        return Err(Refusal::TooLarge(what));
    }
    Ok(())
}
