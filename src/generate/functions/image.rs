//! `image.*`: addresses of the service that faker 3.x names, which nobody is asked to fetch.

use super::{Argument, Call, Context, Function, internet, plain, with};

pub(super) const FUNCTIONS: &[Function] = &[
    with("image.image", "the width", |argument| url(argument, Category::Any)),
    plain("image.avatar", internet::avatar),
    with("image.imageUrl", "the width", |argument| url(argument, Category::None)),
    with("image.abstract", "the width", |argument| url(argument, Category::One("abstract"))),
    with("image.animals", "the width", |argument| url(argument, Category::One("animals"))),
    with("image.business", "the width", |argument| url(argument, Category::One("business"))),
    with("image.cats", "the width", |argument| url(argument, Category::One("cats"))),
    with("image.city", "the width", |argument| url(argument, Category::One("city"))),
    with("image.food", "the width", |argument| url(argument, Category::One("food"))),
    with("image.nightlife", "the width", |argument| url(argument, Category::One("nightlife"))),
    with("image.fashion", "the width", |argument| url(argument, Category::One("fashion"))),
    with("image.people", "the width", |argument| url(argument, Category::One("people"))),
    with("image.nature", "the width", |argument| url(argument, Category::One("nature"))),
    with("image.sports", "the width", |argument| url(argument, Category::One("sports"))),
    with("image.technics", "the width", |argument| url(argument, Category::One("technics"))),
    with("image.transport", "the width", |argument| url(argument, Category::One("transport"))),
];

const CATEGORIES: &[&str] = &[
    "abstract",
    "animals",
    "business",
    "cats",
    "city",
    "food",
    "nightlife",
    "fashion",
    "people",
    "nature",
    "sports",
    "technics",
    "transport",
];

enum Category {
    None,
    One(&'static str),
    Any,
}

fn url(argument: &Argument, category: Category) -> Result<Call, String> {
    let width = argument.text().unwrap_or_else(|| "640".to_owned());
    Ok(Box::new(move |context, out| push_url(&width, &category, context, out)))
}

fn push_url(width: &str, category: &Category, context: &mut Context, out: &mut String) {
    let category = match category {
        Category::None => "",
        Category::One(category) => category,
        Category::Any => context.chance.pick(CATEGORIES),
    };
    out.push_str("http://lorempixel.com/");
    out.push_str(width);
    out.push_str("/480");
    if !category.is_empty() {
        out.push('/');
        out.push_str(category);
    }
}

/// An image of any category.
pub(super) fn any(context: &mut Context, out: &mut String) {
    push_url("640", &Category::Any, context, out);
}
