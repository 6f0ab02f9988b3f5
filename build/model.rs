//! Reading the fact files and applying corrections.

use serde_json::Value;
use std::error::Error;
use std::path::Path;

/// A JSON file.
pub fn read(path: &Path) -> Result<Value, Box<dyn Error>> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?)
}

/// Applies the corrections of one service: `{"at": "/json/pointer", "set": value, "why": "reason"}`; without `set` the place is removed.
pub fn patch(facts: &mut Value, patches: &Value) -> Result<(), Box<dyn Error>> {
    for correction in patches.as_array().into_iter().flatten() {
        let at = correction["at"].as_str().ok_or("a correction needs \"at\"")?;
        if correction["why"].as_str().is_none_or(str::is_empty) {
            return Err(format!("the correction of {at} needs \"why\"").into());
        }
        let (parent, key) = at.rsplit_once('/').ok_or("\"at\" is a JSON pointer")?;
        let object = facts.pointer_mut(parent).and_then(Value::as_object_mut).ok_or_else(|| format!("no object at {parent}"))?;
        match correction.get("set") {
            Some(value) => drop(object.insert(key.to_owned(), value.clone())),
            None => drop(object.remove(key).ok_or_else(|| format!("nothing to remove at {at}"))?),
        }
    }
    Ok(())
}
