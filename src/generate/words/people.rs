//! Names of people and jobs, our own choice.

/// First names.
#[rustfmt::skip]
pub(in crate::generate) const FIRST_NAMES: &[&str] = &[
    "Ada", "Adrian", "Agnes", "Alba", "Aldo", "Alma", "Amara", "Amir", "Anaya", "Anton", "Aria", "Arjun", "Astrid", "Aya",
    "Basil", "Bea", "Bruno", "Carla", "Cedric", "Chloe", "Clara", "Cora", "Daisuke", "Dalia", "Dario", "Delia", "Dina",
    "Edgar", "Elif", "Elio", "Ella", "Emil", "Enzo", "Esther", "Fatima", "Felix", "Fiona", "Flora", "Frida", "Gemma",
    "Greta", "Gustav", "Hana", "Hugo", "Ibrahim", "Ida", "Ines", "Irma", "Isaac", "Ivo", "Jada", "Jasper", "Joana",
    "Jonas", "Juno", "Kamal", "Karin", "Kenji", "Lara", "Leif", "Leila", "Leon", "Lidia", "Linus", "Livia", "Lotte",
    "Louis", "Luca", "Magda", "Malik", "Marta", "Mateo", "Maya", "Mila", "Mira", "Nadia", "Nico", "Nils", "Nora", "Odin",
    "Olga", "Omar", "Oscar", "Paloma", "Petra", "Pia", "Quentin", "Rafael", "Rania", "Rosa", "Ruben", "Sana", "Selma",
    "Silas", "Sofia", "Sven", "Tara", "Theo", "Tilda", "Uma", "Vera", "Viktor", "Wanda", "Xenia", "Yara", "Yusuf", "Zoe",
];

/// Family names.
#[rustfmt::skip]
pub(in crate::generate) const LAST_NAMES: &[&str] = &[
    "Abbott", "Adler", "Almeida", "Andersen", "Arslan", "Baker", "Barbosa", "Bauer", "Becker", "Bell", "Berg", "Bianchi",
    "Blum", "Brandt", "Castro", "Chandra", "Chen", "Clark", "Costa", "Dahl", "Diaz", "Dubois", "Dumont", "Eriksen",
    "Farah", "Ferrari", "Fischer", "Fontaine", "Fuchs", "Garcia", "Gruber", "Haas", "Hansen", "Hayashi", "Heller", "Holm",
    "Horvat", "Ito", "Ivanova", "Jansen", "Jensen", "Kaya", "Keller", "Khan", "Kim", "Klein", "Kowalski", "Kumar",
    "Lange", "Larsen", "Lehmann", "Lind", "Lopez", "Madsen", "Maier", "Mancini", "Marino", "Mehta", "Meyer", "Moreau",
    "Morris", "Nakamura", "Nash", "Nilsen", "Novak", "Nunez", "Okafor", "Olsen", "Ortega", "Park", "Patel", "Perez",
    "Petrov", "Quinn", "Ramos", "Reyes", "Ricci", "Rossi", "Roux", "Sato", "Schneider", "Silva", "Singh", "Sousa",
    "Stein", "Suzuki", "Takeda", "Tanaka", "Toth", "Ueda", "Vance", "Vargas", "Vogel", "Wagner", "Walsh", "Weber",
    "Winter", "Yamada", "Yildiz", "Young", "Zeller", "Zhang", "Ziegler",
];

/// Before a name.
#[rustfmt::skip]
pub(in crate::generate) const PREFIXES: &[&str] = &[
    "Mr.", "Mrs.", "Ms.", "Miss", "Dr.",
];

/// Behind a name.
#[rustfmt::skip]
pub(in crate::generate) const SUFFIXES: &[&str] = &[
    "Jr.", "Sr.", "I", "II", "III", "IV", "V", "MD", "DDS", "PhD", "DVM",
];

/// The rank in a job title.
#[rustfmt::skip]
pub(in crate::generate) const JOB_DESCRIPTORS: &[&str] = &[
    "Lead", "Senior", "Junior", "Chief", "Principal", "Regional", "National", "Global", "Central", "District",
    "Corporate", "Customer", "Internal", "International", "Product", "Human", "Future", "Forward", "Direct", "Dynamic",
];

/// The field in a job title.
#[rustfmt::skip]
pub(in crate::generate) const JOB_AREAS: &[&str] = &[
    "Accounts", "Applications", "Assurance", "Brand", "Branding", "Communications", "Configuration", "Data", "Factors",
    "Group", "Identity", "Infrastructure", "Integration", "Interactions", "Marketing", "Markets", "Mobility",
    "Operations", "Optimization", "Paradigm", "Program", "Quality", "Research", "Response", "Security", "Solutions",
    "Tactics", "Usability", "Web",
];

/// The role in a job title.
#[rustfmt::skip]
pub(in crate::generate) const JOB_TYPES: &[&str] = &[
    "Administrator", "Agent", "Analyst", "Architect", "Assistant", "Associate", "Consultant", "Coordinator", "Designer",
    "Developer", "Director", "Engineer", "Executive", "Facilitator", "Liaison", "Manager", "Officer", "Orchestrator",
    "Planner", "Producer", "Representative", "Specialist", "Strategist", "Supervisor", "Technician",
];

/// North American phone numbers; # is a digit.
#[rustfmt::skip]
pub(in crate::generate) const PHONE_FORMATS: &[&str] = &[
    "###-###-####", "(###) ###-####", "1-###-###-####", "###.###.####", "###-###-#### x###", "(###) ###-#### x###",
    "1-###-###-#### x###", "###.###.#### x###", "###-###-#### x####", "(###) ###-#### x####", "1-###-###-#### x####",
    "###.###.#### x####", "###-###-#### x#####", "(###) ###-#### x#####", "1-###-###-#### x#####", "###.###.#### x#####",
];
