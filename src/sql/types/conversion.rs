//! Which types convert into which (SQL reference, "CAST", "Data Types"), and the common type of several.

use super::{DataType, MAX_PRECISION};

/// Whether `CAST(from AS to)` is allowed (the table of the reference's CAST page).
pub fn can_cast(from: &DataType, to: &DataType) -> bool {
    use DataType as T;
    match (from, to) {
        (T::Null, _) => true,
        (T::Boolean, T::Boolean) | (T::Date, T::Date | T::Timestamp) => true,
        (T::Time, T::Time | T::Timestamp) | (T::Timestamp, T::Date | T::Time | T::Timestamp) => true,
        (T::Interval(from), T::Interval(to)) => from.is_year_month() == to.is_year_month(),
        (T::Interval(qualifier), T::BigInt | T::Decimal { .. }) => qualifier.from == qualifier.to,
        (T::Row(_), _) | (_, T::Row(_)) | (_, T::Null) => false,
        (from, to) if from.is_numeric() && to.is_numeric() => true,
        (from, to) if from.is_binary() && to.is_binary() => true,
        (from, to) if from.is_character() => !to.is_binary(),
        (from, to) => to.is_character() && !from.is_binary(),
    }
}

/// Whether an expression of type `from` may be stored into a column of type `to` without CAST: within a family only
/// (developer guide, troubleshooting: "invalid implicit cast").
pub fn can_assign(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (DataType::Null, _) => true,
        (DataType::Interval(from), DataType::Interval(to)) => from.is_year_month() == to.is_year_month(),
        (from, to) => from.family() == to.family() && !matches!(from, DataType::Row(_)),
    }
}

impl DataType {
    /// The family within which conversions are implied: `NUMERIC`, `CHARACTER`, `BINARY`, `BOOLEAN`, `DATE`, `TIME`, `TIMESTAMP`, `INTERVAL`.
    pub fn family(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Boolean => "BOOLEAN",
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::Timestamp => "TIMESTAMP",
            Self::Interval(_) => "INTERVAL",
            Self::Row(_) => "ROW",
            Self::Char(_) | Self::VarChar(_) => "CHARACTER",
            Self::Binary(_) | Self::VarBinary(_) => "BINARY",
            _ => "NUMERIC",
        }
    }

    /// The type to which all of `types` convert without CAST: of CASE branches, COALESCE, UNION ALL. `None` when they are of different families.
    pub fn common(types: &[&DataType]) -> Option<DataType> {
        let mut common = DataType::Null;
        for next in types {
            common = common.wider(next)?;
        }
        Some(common)
    }

    fn wider(&self, other: &DataType) -> Option<DataType> {
        use DataType as T;
        if self == other {
            return Some(self.clone());
        }
        Some(match (self, other) {
            (T::Null, other) | (other, T::Null) => other.clone(),
            (T::Char(a) | T::VarChar(a), T::Char(b) | T::VarChar(b)) => T::VarChar(*a.max(b)),
            (T::Binary(a) | T::VarBinary(a), T::Binary(b) | T::VarBinary(b)) => T::VarBinary(*a.max(b)),
            (T::Interval(a), T::Interval(b)) if a.is_year_month() == b.is_year_month() => {
                let precision = a.precision.max(b.precision);
                let fraction = a.fraction.max(b.fraction);
                T::Interval(super::IntervalQualifier { from: a.from.min(b.from), to: a.to.max(b.to), precision, fraction })
            }
            (a, b) if a.is_numeric() && b.is_numeric() => a.wider_number(b),
            _ => return None,
        })
    }

    fn wider_number(&self, other: &DataType) -> DataType {
        match (self, other) {
            (a, b) if a.is_approximate() || b.is_approximate() => DataType::Double,
            (DataType::Decimal { .. }, _) | (_, DataType::Decimal { .. }) => {
                let ((p1, s1), (p2, s2)) = (self.digits().unwrap_or_default(), other.digits().unwrap_or_default());
                let scale = s1.max(s2);
                DataType::Decimal { precision: ((p1 - s1).max(p2 - s2) + scale).min(MAX_PRECISION), scale }
            }
            (a, b) => {
                if a.digits() >= b.digits() {
                    a.clone()
                } else {
                    b.clone()
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DataType as T;

    #[test]
    fn casts_follow_the_published_table() {
        assert!(can_cast(&T::VarChar(9), &T::Timestamp) && can_cast(&T::VarChar(9), &T::Boolean));
        assert!(can_cast(&T::Date, &T::Timestamp) && !can_cast(&T::Date, &T::Time) && !can_cast(&T::Time, &T::Date));
        assert!(
            !can_cast(&T::BigInt, &T::Timestamp) && !can_cast(&T::Timestamp, &T::BigInt) && !can_cast(&T::Boolean, &T::Integer)
        );
        assert!(
            can_cast(&T::Binary(2), &T::VarBinary(2))
                && !can_cast(&T::Binary(2), &T::VarChar(2))
                && !can_cast(&T::VarChar(2), &T::Binary(2))
        );
    }

    #[test]
    fn assignment_stays_in_the_family() {
        assert!(can_assign(&T::BigInt, &T::Real) && can_assign(&T::VarChar(100), &T::Char(2)));
        assert!(
            !can_assign(&T::VarChar(20), &T::Integer)
                && !can_assign(&T::Timestamp, &T::BigInt)
                && !can_assign(&T::Date, &T::Timestamp)
        );
    }

    #[test]
    fn common_types() {
        let decimal = |precision, scale| T::Decimal { precision, scale };
        assert_eq!(T::common(&[&T::Integer, &T::Null, &T::SmallInt]), Some(T::Integer));
        assert_eq!(T::common(&[&decimal(5, 2), &T::Integer]), Some(decimal(12, 2)));
        assert_eq!(T::common(&[&decimal(5, 2), &T::Real]), Some(T::Double));
        assert_eq!(T::common(&[&T::Char(3), &T::VarChar(2)]), Some(T::VarChar(3)));
        assert_eq!(T::common(&[&T::Char(3), &T::Integer]), None);
    }
}
