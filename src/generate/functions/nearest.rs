//! What was perhaps meant by a name that nobody knows.

use super::all;

/// How many functions of a module are listed.
const LISTED_MAX: usize = 40;

/// A sentence about a name: the function that is spelled almost so, or those of the module, or the modules.
pub(in crate::generate) fn suggestion(module: &str, method: &str) -> String {
    let name = format!("{module}.{method}");
    let nearest = all().map(|function| (distance(&name, function.name), function.name)).min();
    let meant = match nearest {
        Some((distance, function)) if distance <= 3.min(1 + name.len() / 4) => format!("did you mean {function}? "),
        _ => String::new(),
    };
    let in_module: Vec<&str> =
        all().filter_map(|f| f.name.split_once('.')).filter(|(known, _)| *known == module).map(|(_, method)| method).collect();
    if !in_module.is_empty() {
        let listed = in_module.iter().take(LISTED_MAX).copied().collect::<Vec<_>>().join(", ");
        return format!("{meant}the functions of {module} are {listed}");
    }
    let mut modules: Vec<&str> = all().filter_map(|f| f.name.split_once('.')).map(|(module, _)| module).collect();
    modules.dedup();
    format!("{meant}the modules are {}", modules.join(", "))
}

/// How many letters must be changed, put in or left out to make one word of the other; capitals do not count.
fn distance(one: &str, other: &str) -> usize {
    let letters = |word: &str| word.chars().take(64).flat_map(char::to_lowercase).collect::<Vec<_>>();
    let (one, other) = (letters(one), letters(other));
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        assert!(suggestion("random", "nubmer").starts_with("did you mean random.number? the functions of random are number, "));
        assert!(suggestion("radom", "uuid").starts_with("did you mean random.uuid? the modules are address, "));
        assert!(suggestion("weather", "forecast").starts_with("the modules are "));
        assert!(suggestion("name", "firstname").contains("name.firstName"));
    }

    #[test]
    fn distances_count_letters() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("Same", "same"), 0);
    }
}
