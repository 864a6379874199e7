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

/// SPEC: G4. Refuses columns that unfold beyond the allowance.
pub(crate) fn check(columns: &[Column<'_>], allowance: &Allowance) -> Result<(), Refusal> {
    let mut group: Option<u32> = None;
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
        match Coding::of(*spec) {
            Coding::Group => {
                group = Some(id);
                let grouped = sum_of_numbers(&mut cursor, rows)?;
                bounded(grouped, allowance.grouped, "predecessors")?;
            }
            Coding::Number => {
                runs(&mut cursor, rows, Cursor::unsigned, |_, _| Ok(()))?;
            }
            Coding::Delta => deltas(&mut cursor, rows)?,
            Coding::Boolean => booleans(&mut cursor, rows)?,
            Coding::Text => {
                text_bytes += texts(&mut cursor, rows)?;
                bounded(text_bytes, allowance.text_bytes, "repeated text")?;
            }
            Coding::ValueHead => value_bytes = value_heads(&mut cursor, rows)?,
            Coding::Value => bounded(value_bytes, bytes.len() as u64, "values")?,
        }
    }
    Ok(())
}

/// Walks a run-length coded column: `each` gets a value and how often it stands there.
fn runs<'a, T>(
    cursor: &mut Cursor<'a>,
    most: u64,
    read: impl Fn(&mut Cursor<'a>) -> Result<T, Refusal>,
    mut each: impl FnMut(&T, u64) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
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
    Ok(())
}

fn sum_of_numbers(cursor: &mut Cursor<'_>, most: u64) -> Result<u64, Refusal> {
    let mut sum = 0_u64;
    runs(cursor, most, Cursor::unsigned, |value, times| {
        sum = sum.saturating_add(value.saturating_mul(times));
        Ok(())
    })?;
    Ok(sum)
}

/// Differences must add up to numbers that exist.
fn deltas(cursor: &mut Cursor<'_>, most: u64) -> Result<(), Refusal> {
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

fn booleans(cursor: &mut Cursor<'_>, most: u64) -> Result<(), Refusal> {
    let mut rows = 0_u64;
    while !cursor.is_empty() {
        rows = rows.saturating_add(cursor.unsigned()?);
        bounded(rows, most, "operations")?;
    }
    Ok(())
}

fn texts(cursor: &mut Cursor<'_>, most: u64) -> Result<u64, Refusal> {
    let mut unfolded = 0_u64;
    runs(cursor, most, Cursor::prefixed, |text, times| {
        value_fits(text.len() as u64)?;
        unfolded = unfolded.saturating_add(times.saturating_mul(text.len() as u64));
        Ok(())
    })?;
    Ok(unfolded)
}

/// The bytes all values take together; each head holds a length above four bits of type.
fn value_heads(cursor: &mut Cursor<'_>, most: u64) -> Result<u64, Refusal> {
    let mut bytes = 0_u64;
    runs(cursor, most, Cursor::unsigned, |head, times| {
        value_fits(head >> 4)?;
        bytes = bytes.saturating_add(times.saturating_mul(head >> 4));
        Ok(())
    })?;
    Ok(bytes)
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
