//! Goods, prices and money.

/// Colours.
#[rustfmt::skip]
pub(in crate::generate) const COLORS: &[&str] = &[
    "red", "green", "blue", "yellow", "purple", "teal", "white", "black", "orange", "pink", "grey", "maroon", "violet",
    "turquoise", "tan", "sky blue", "mint green", "salmon", "plum", "olive", "magenta", "lime", "ivory", "indigo", "gold",
    "cyan", "azure", "lavender", "silver",
];

/// Departments of a store, each once.
#[rustfmt::skip]
pub(in crate::generate) const DEPARTMENTS: &[&str] = &[
    "Books", "Movies", "Music", "Games", "Electronics", "Computers", "Home", "Garden", "Tools", "Grocery", "Health",
    "Beauty", "Toys", "Kids", "Baby", "Clothing", "Shoes", "Jewelry", "Sports", "Outdoors", "Automotive", "Industrial",
];

/// How goods are.
#[rustfmt::skip]
pub(in crate::generate) const PRODUCT_ADJECTIVES: &[&str] = &[
    "Small", "Compact", "Rustic", "Sturdy", "Elegant", "Practical", "Sleek", "Refined", "Handmade", "Licensed", "Generic",
    "Ergonomic", "Foldable", "Portable", "Quiet", "Bright",
];

/// What goods are made of.
#[rustfmt::skip]
pub(in crate::generate) const PRODUCT_MATERIALS: &[&str] = &[
    "Steel", "Wooden", "Concrete", "Plastic", "Cotton", "Granite", "Rubber", "Metal", "Bamboo", "Glass", "Leather",
    "Ceramic",
];

/// Goods.
#[rustfmt::skip]
pub(in crate::generate) const PRODUCTS: &[&str] = &[
    "Chair", "Lamp", "Computer", "Keyboard", "Mouse", "Bicycle", "Ball", "Gloves", "Trousers", "Shirt", "Table", "Shoes",
    "Hat", "Towel", "Soap", "Bread", "Cheese", "Salad", "Bottle", "Backpack", "Clock", "Kettle",
];

/// Kinds of accounts.
#[rustfmt::skip]
pub(in crate::generate) const ACCOUNT_TYPES: &[&str] = &[
    "Checking", "Savings", "Money Market", "Investment", "Home Loan", "Credit Card", "Auto Loan", "Personal Loan",
];

/// Kinds of transactions.
#[rustfmt::skip]
pub(in crate::generate) const TRANSACTION_TYPES: &[&str] = &[
    "deposit", "withdrawal", "payment", "invoice",
];

/// A currency (ISO 4217).
pub(in crate::generate) struct Currency {
    /// In English.
    pub(in crate::generate) name: &'static str,
    /// Three letters.
    pub(in crate::generate) code: &'static str,
    /// Empty when it has none of its own.
    pub(in crate::generate) symbol: &'static str,
}

const fn currency(name: &'static str, code: &'static str, symbol: &'static str) -> Currency {
    Currency { name, code, symbol }
}

/// Currencies.
pub(in crate::generate) const CURRENCIES: [Currency; 24] = [
    currency("Argentine Peso", "ARS", "$"),
    currency("Australian Dollar", "AUD", "$"),
    currency("Brazilian Real", "BRL", "R$"),
    currency("Canadian Dollar", "CAD", "$"),
    currency("Swiss Franc", "CHF", "CHF"),
    currency("Chilean Peso", "CLP", "$"),
    currency("Yuan Renminbi", "CNY", "¥"),
    currency("Czech Koruna", "CZK", "Kč"),
    currency("Danish Krone", "DKK", "kr"),
    currency("Egyptian Pound", "EGP", "£"),
    currency("Euro", "EUR", "€"),
    currency("Pound Sterling", "GBP", "£"),
    currency("Forint", "HUF", "Ft"),
    currency("New Israeli Sheqel", "ILS", "₪"),
    currency("Indian Rupee", "INR", ""),
    currency("Yen", "JPY", "¥"),
    currency("Kenyan Shilling", "KES", ""),
    currency("Won", "KRW", "₩"),
    currency("Moroccan Dirham", "MAD", ""),
    currency("Naira", "NGN", "₦"),
    currency("Norwegian Krone", "NOK", "kr"),
    currency("Zloty", "PLN", "zł"),
    currency("Swedish Krona", "SEK", "kr"),
    currency("US Dollar", "USD", "$"),
];
