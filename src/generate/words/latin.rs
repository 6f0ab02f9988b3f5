//! Words of the text that stands where text will stand.

/// Small letters, ASCII.
#[rustfmt::skip]
pub(in crate::generate) const WORDS: &[&str] = &[
    "lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipisci", "elit", "sed", "eiusmod", "tempor", "incidunt",
    "ut", "labore", "et", "dolore", "magna", "aliqua", "enim", "ad", "minim", "veniam", "quis", "nostrum",
    "exercitationem", "ullam", "corporis", "suscipit", "laboriosam", "nisi", "aliquid", "ex", "ea", "commodi",
    "consequatur", "aute", "iure", "reprehenderit", "in", "voluptate", "velit", "esse", "cillum", "fugiat", "nulla",
    "pariatur", "excepteur", "sint", "obcaecat", "cupiditat", "non", "proident", "sunt", "culpa", "qui", "officia",
    "deserunt", "mollit", "anim", "id", "est", "laborum", "alias", "animi", "aperiam", "architecto", "aspernatur", "at",
    "atque", "aut", "autem", "beatae", "blanditiis", "cum", "debitis", "delectus", "dicta", "dignissimos", "ducimus",
    "eaque", "earum", "eius", "eligendi", "error", "eveniet", "expedita", "explicabo", "facere", "facilis", "fuga",
    "harum", "hic", "illum", "impedit", "inventore", "ipsa", "iste", "itaque", "iusto", "laudantium", "libero", "magnam",
    "maxime", "molestiae", "natus", "necessitatibus", "nemo", "neque", "nesciunt", "nihil", "nobis", "numquam",
    "occaecati", "odio", "odit", "omnis", "optio", "perferendis", "placeat", "porro", "praesentium", "quae", "quam",
    "quasi", "quia", "quibusdam", "quidem", "quo", "quod", "ratione", "recusandae", "rem", "repellat", "rerum", "saepe",
    "sapiente", "sequi", "similique", "sint", "soluta", "tempora", "temporibus", "tenetur", "totam", "ullam", "unde",
    "vel", "vero", "vitae", "voluptas",
];
