//! Rows of different length as one tensor, and the mask that says which of it is real.

use tch::{Device, Tensor};

/// `[rows, longest]`, and one where a value is real, zero where it is padding.
pub(super) struct Padded {
    pub(super) values: Tensor,
    pub(super) mask: Tensor,
}

impl Padded {
    /// Fills shorter rows up with `padding`.
    pub(super) fn new<R: AsRef<[i64]>>(rows: &[R], padding: i64, device: Device) -> Padded {
        let longest = rows.iter().map(|row| row.as_ref().len()).max().unwrap_or(0);
        let mut values = Vec::with_capacity(rows.len() * longest);
        let mut mask = Vec::with_capacity(rows.len() * longest);
        for (index, row) in rows.iter().enumerate() {
            values.extend_from_slice(row.as_ref());
            mask.resize(values.len(), 1_i64);
            values.resize((index + 1) * longest, padding);
            mask.resize(values.len(), 0);
        }
        let tensor = |numbers: &[i64]| {
            Tensor::from_slice(numbers)
                .view([rows.len() as i64, longest as i64])
                .to_device(device)
        };
        Padded {
            values: tensor(&values),
            mask: tensor(&mask),
        }
    }
}
