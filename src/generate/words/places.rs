//! Names of places, and the parts that names of cities and streets are made of.

/// Before a city.
#[rustfmt::skip]
pub(in crate::generate) const CITY_PREFIXES: &[&str] = &[
    "North", "East", "West", "South", "New", "Lake", "Port",
];

/// Behind a city.
#[rustfmt::skip]
pub(in crate::generate) const CITY_SUFFIXES: &[&str] = &[
    "town", "ton", "land", "ville", "berg", "burgh", "borough", "bury", "view", "port", "mouth", "stad", "furt",
    "chester", "fort", "haven", "side", "shire",
];

/// Kinds of streets.
#[rustfmt::skip]
pub(in crate::generate) const STREET_SUFFIXES: &[&str] = &[
    "Alley", "Avenue", "Branch", "Bridge", "Brook", "Bypass", "Causeway", "Center", "Circle", "Cliff", "Corner", "Court",
    "Cove", "Creek", "Crescent", "Crossing", "Dale", "Drive", "Estate", "Expressway", "Ferry", "Field", "Forest",
    "Garden", "Gateway", "Glen", "Green", "Grove", "Harbor", "Heights", "Highway", "Hill", "Hollow", "Island", "Junction",
    "Knoll", "Lake", "Landing", "Lane", "Lodge", "Manor", "Meadow", "Mill", "Mount", "Orchard", "Park", "Parkway", "Pass",
    "Path", "Pike", "Pine", "Place", "Plaza", "Point", "Ridge", "River", "Road", "Route", "Row", "Shore", "Square",
    "Station", "Street", "Summit", "Terrace", "Trail", "Tunnel", "Valley", "View", "Village", "Walk", "Way", "Well",
];

/// Counties.
#[rustfmt::skip]
pub(in crate::generate) const COUNTIES: &[&str] = &[
    "Avon", "Bedfordshire", "Berkshire", "Buckinghamshire", "Cambridgeshire", "Cumbria", "Derbyshire", "Devon", "Dorset",
    "Durham", "Essex", "Hampshire", "Kent", "Norfolk", "Oxfordshire", "Rutland", "Somerset", "Suffolk", "Surrey",
    "Wiltshire",
];

/// Countries.
#[rustfmt::skip]
pub(in crate::generate) const COUNTRIES: &[&str] = &[
    "Argentina", "Australia", "Austria", "Bangladesh", "Belgium", "Bolivia", "Botswana", "Brazil", "Bulgaria", "Cameroon",
    "Canada", "Chile", "China", "Colombia", "Costa Rica", "Croatia", "Czech Republic", "Denmark", "Ecuador", "Egypt",
    "Estonia", "Ethiopia", "Fiji", "Finland", "France", "Germany", "Ghana", "Greece", "Hungary", "Iceland", "India",
    "Indonesia", "Ireland", "Italy", "Jamaica", "Japan", "Jordan", "Kenya", "Latvia", "Lithuania", "Luxembourg",
    "Madagascar", "Malaysia", "Mexico", "Mongolia", "Morocco", "Namibia", "Nepal", "Netherlands", "New Zealand",
    "Nigeria", "Norway", "Pakistan", "Panama", "Paraguay", "Peru", "Philippines", "Poland", "Portugal", "Romania",
    "Rwanda", "Senegal", "Singapore", "Slovakia", "Slovenia", "South Africa", "South Korea", "Spain", "Sri Lanka",
    "Sweden", "Switzerland", "Tanzania", "Thailand", "Tunisia", "Turkey", "Uganda", "Ukraine", "United Kingdom",
    "United States of America", "Uruguay", "Vietnam", "Zambia",
];

/// ISO 3166-1 codes.
#[rustfmt::skip]
pub(in crate::generate) const COUNTRY_CODES: &[&str] = &[
    "AR", "AU", "AT", "BD", "BE", "BO", "BW", "BR", "BG", "CM", "CA", "CL", "CN", "CO", "CR", "HR", "CZ", "DK", "EC",
    "EG", "EE", "ET", "FJ", "FI", "FR", "DE", "GH", "GR", "HU", "IS", "IN", "ID", "IE", "IT", "JM", "JP", "JO", "KE",
    "LV", "LT", "LU", "MG", "MY", "MX", "MN", "MA", "NA", "NP", "NL", "NZ", "NG", "NO", "PK", "PA", "PY", "PE", "PH",
    "PL", "PT", "RO", "RW", "SN", "SG", "SK", "SI", "ZA", "KR", "ES", "LK", "SE", "CH", "TZ", "TH", "TN", "TR", "UG",
    "UA", "GB", "US", "UY", "VN", "ZM",
];

/// States of the USA.
#[rustfmt::skip]
pub(in crate::generate) const STATES: &[&str] = &[
    "Alabama", "Alaska", "Arizona", "Arkansas", "California", "Colorado", "Connecticut", "Delaware", "Florida", "Georgia",
    "Hawaii", "Idaho", "Illinois", "Indiana", "Iowa", "Kansas", "Kentucky", "Louisiana", "Maine", "Maryland",
    "Massachusetts", "Michigan", "Minnesota", "Mississippi", "Missouri", "Montana", "Nebraska", "Nevada", "New Hampshire",
    "New Jersey", "New Mexico", "New York", "North Carolina", "North Dakota", "Ohio", "Oklahoma", "Oregon",
    "Pennsylvania", "Rhode Island", "South Carolina", "South Dakota", "Tennessee", "Texas", "Utah", "Vermont", "Virginia",
    "Washington", "West Virginia", "Wisconsin", "Wyoming",
];

/// Their postal abbreviations.
#[rustfmt::skip]
pub(in crate::generate) const STATE_ABBREVIATIONS: &[&str] = &[
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME",
    "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA",
    "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
];
