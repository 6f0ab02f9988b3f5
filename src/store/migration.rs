//! Brings a database file to the present schema.

use super::StoreError;
use rusqlite::Connection;

/// The steps from an empty file to the present schema; the file's `user_version` counts those that were taken.
const STEPS: &[&str] = &[include_str!("schema/0001_initial.sql")];

/// Takes the steps that `connection`'s file lacks, each in its own transaction.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let known = STEPS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    for (version, step) in (1..).zip(STEPS).filter(|(version, _)| *version > found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_later_version_is_refused_and_an_old_one_is_brought_up() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("INSERT INTO log DEFAULT VALUES", ()).unwrap();
        connection.pragma_update(None, "user_version", 999).unwrap();
        assert_eq!(migrate(&mut connection), Err(StoreError::NewerSchema { found: 999, known: STEPS.len() as i64 }));
    }
}
