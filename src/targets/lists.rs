//! Words that tell names apart: titles, given names, days, organisation words.
//!
//! Folded (lower case, no accents), each list sorted where it is long, for reading; facts only, no logic.

/// What stands before a surname and names its bearer's office; enough for "President Putin" to be the target.
#[rustfmt::skip]
pub(super) const OFFICES: &[&str] = &[
    "admiral", "ambassador", "archbishop", "ayatollah", "bishop", "brigadier", "captain", "cardinal",
    "chairman", "chairwoman", "chancellor", "chief", "col", "colonel", "commander", "commissioner", "comrade",
    "congressman", "congresswoman", "deputy", "dictator", "director", "emir", "emperor", "empress",
    "ex president", "fuhrer", "gen", "general", "gov", "governor", "imam", "judge", "justice", "king",
    "leader", "lieutenant", "lord", "lt", "maj", "major", "marshal", "mayor", "minister", "mp", "mullah",
    "pm", "pope", "premier", "pres", "president", "presidents", "prime minister", "prince", "princess",
    "queen", "rep", "representative", "secretary", "sen", "senator", "sgt", "sheikh", "speaker", "strongman",
    "sultan", "taoiseach", "tsar",
];

/// Courtesy titles: enough for "Mr. Putin", not for "Mr. Kim", since so many are called Kim.
#[rustfmt::skip]
pub(super) const COURTESIES: &[&str] = &[
    "dame", "dr", "lady", "madam", "madame", "messrs", "miss", "mr", "mrs", "ms", "prof", "professor", "rev",
    "reverend", "sir",
];

/// Family names that stand first ("Xi Jinping"), shared by so many that a new full name takes the surname over.
#[rustfmt::skip]
pub(super) const FAMILY_FIRST: &[&str] = &[
    "ahn", "bae", "cai", "cao", "chen", "cheng", "cho", "choe", "choi", "chung", "deng", "ding", "fang",
    "feng", "gao", "guo", "han", "he", "ho", "hong", "hu", "huang", "hwang", "jang", "jeong", "jiang", "jo",
    "jung", "kang", "kim", "kwon", "lam", "lee", "li", "liang", "lim", "lin", "liu", "lu", "luo", "ma", "mao",
    "moon", "nguyen", "oh", "pan", "park", "peng", "qin", "ri", "ro", "roh", "seo", "shin", "son", "song",
    "sun", "tan", "tang", "tran", "tsai", "wang", "wei", "wen", "wong", "wu", "xi", "xie", "xu", "yang",
    "yao", "yoon", "yu", "zeng", "zhang", "zhao", "zheng", "zhou", "zhu",
];

/// Those of them that are given names or words elsewhere too: "Kim Kardashian", "Lee Anderson", "Dr. Ho".
#[rustfmt::skip]
pub(super) const FAMILY_OR_GIVEN: &[&str] = &[
    "han", "he", "ho", "jo", "jung", "kim", "lam", "lee", "ma", "moon", "oh", "pan", "park", "ri", "ro",
    "son", "song", "sun", "tan",
];

/// Particles that belong to the surname: "von der Leyen", "bin Salman".
#[rustfmt::skip]
pub(super) const PARTICLES: &[&str] = &[
    "al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "ibn", "la", "le",
    "ten", "ter", "van", "von", "zu",
];

/// First words of places of several words, which are no persons.
#[rustfmt::skip]
pub(super) const PLACE_FIRST: &[&str] = &[
    "al", "buenos", "camp", "cape", "central", "eastern", "east", "el", "fort", "great", "greater", "gulf",
    "high", "hong", "la", "lake", "las", "latin", "los", "lower", "middle", "mount", "new", "north",
    "northern", "old", "port", "puerto", "red", "rio", "saint", "san", "santa", "silicon", "south",
    "southern", "st", "supreme", "tel", "upper", "wall", "west", "western", "white",
];

/// Words that make a name an organisation, a thing or an event rather than a person.
#[rustfmt::skip]
pub(super) const NO_PERSON: &[&str] = &[
    "academy", "accord", "act", "administration", "affairs", "agency", "agreement", "air", "airlines",
    "airport", "airways", "alliance", "army", "assembly", "association", "authority", "bank", "basin",
    "beach", "board", "brigade", "broadcasting", "brotherhood", "bureau", "business", "cabinet", "capital",
    "center", "centre", "chamber", "channel", "church", "city", "club", "co", "coalition", "college",
    "command", "commission", "committee", "community", "company", "conference", "confederation", "congress",
    "constitution", "corp", "corporation", "corps", "council", "county", "court", "cup", "daily", "deal",
    "democrats", "department", "desert", "development", "district", "division", "energy", "exchange",
    "express", "fc", "federation", "fight", "finance", "force", "forces", "forum", "foundation", "front",
    "fund", "gas", "government", "green", "group", "guard", "gulf", "health", "herald", "hill", "holding",
    "holdings", "hospital", "hotel", "house", "human", "inc", "industries", "initiative", "institute",
    "institution", "international", "island", "islands", "journal", "justice", "labour", "lake", "law",
    "league", "liberation", "lives", "ltd", "market", "media", "ministry", "motors", "mountains", "movement",
    "museum", "national", "network", "news", "observatory", "ocean", "office", "olympics", "organisation",
    "organization", "parliament", "party", "peninsula", "petroleum", "plan", "plc", "police", "port", "post",
    "press", "project", "province", "public", "reform", "region", "report", "republic", "republicans",
    "reserve", "revolution", "river", "road", "rights", "school", "sea", "securities", "security", "senate",
    "service", "services", "social", "society", "square", "stadium", "state", "states", "station", "street",
    "strip", "summit", "systems", "team", "television", "times", "today", "trade", "treaty", "tribunal",
    "tribune", "trust", "tv", "union", "united", "university", "valley", "war", "white", "watch", "workers", "world",
];

/// Days and months, which are nobody's given name before a surname and no target.
#[rustfmt::skip]
pub(super) const DATES: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february",
    "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "jan",
    "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "today", "yesterday",
    "tomorrow", "ramadan", "christmas", "easter", "eid", "spring", "summer", "autumn", "fall", "winter",
];

/// Words that begin sentences or stand in titles: pronouns, articles, conjunctions, prepositions, and such.
#[rustfmt::skip]
pub(super) const FUNCTION_WORDS: &[&str] = &[
    "a", "about", "after", "against", "all", "also", "although", "among", "an", "and", "are", "as", "at",
    "because", "before", "both", "but", "by", "can", "could", "despite", "did", "does", "during", "even",
    "ex", "for", "former", "from", "had", "has", "have", "he", "her", "here", "his", "how", "however", "i",
    "if", "in", "instead", "into", "is", "it", "its", "last", "later", "like", "many", "me", "meanwhile",
    "more", "most", "my", "new", "no", "nor", "not", "now", "of", "on", "once", "only", "or", "our", "over",
    "pro", "read", "says", "she", "should", "since", "so", "some", "still", "such", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "though", "through", "thus", "to",
    "under", "until", "us", "versus", "via", "vs", "was", "we", "were", "what", "when", "where", "whether",
    "which", "while", "who", "whose", "why", "will", "with", "without", "would", "yes", "yet", "you", "your",
];

/// Frequent given names, before which a capital or a country is somebody's surname ("Denzel Washington").
#[rustfmt::skip]
pub(super) const GIVEN_NAMES: &[&str] = &[
    "aaron", "adam", "adrian", "ahmed", "alan", "albert", "alex", "alexander", "alexandra", "alfred", "ali",
    "alice", "alison", "amanda", "amy", "ana", "anatole", "andrea", "andrew", "andy", "angela", "anna",
    "anne", "anthony", "antonio", "arthur", "ashley", "barack", "barbara", "ben", "benjamin", "bernard",
    "beth", "bill", "billy", "bob", "bobby", "booker", "boris", "brad", "brandon", "brenda", "brian", "bruce",
    "bryan", "carl", "carlos", "carol", "caroline", "catherine", "charles", "charlie", "charlotte", "chris",
    "christian", "christine", "christopher", "claire", "colin", "craig", "cynthia", "dan", "daniel", "danny",
    "dave", "david", "dawn", "deborah", "denis", "dennis", "denzel", "derek", "diana", "diane", "dinah",
    "don", "donald", "donna", "dorothy", "douglas", "duncan", "ed", "eddie", "edward", "elena", "elizabeth",
    "emily", "emma", "eric", "eva", "evan", "fiona", "frances", "francis", "francisco", "frank", "fred",
    "gareth", "gary", "gavin", "geoffrey", "george", "gerald", "gordon", "graham", "greg", "hannah", "hans",
    "harold", "harry", "heather", "helen", "henry", "howard", "hugh", "ian", "irving", "isaac", "ivan",
    "jack", "jacob", "jacqueline", "jake", "james", "jamie", "jane", "janet", "jason", "jay", "jean", "jeff",
    "jeffrey", "jennifer", "jeremy", "jerry", "jesse", "jessica", "jesus", "jill", "jim", "jimmy", "joan",
    "joe", "john", "johnny", "jon", "jonathan", "jose", "joseph", "joshua", "juan", "judith", "judy", "julia",
    "julian", "julie", "justin", "karen", "karl", "kate", "katherine", "kathleen", "kathy", "katie", "keith",
    "kelly", "ken", "kenneth", "kerry", "kevin", "larry", "laura", "lauren", "lawrence", "leo", "leon",
    "leonard", "leslie", "lewis", "linda", "lisa", "louis", "louise", "lucas", "lucy", "luis", "luke", "lynn",
    "malcolm", "manuel", "marc", "marco", "margaret", "maria", "marie", "marilyn", "mark", "marta", "martha",
    "martin", "mary", "matt", "matthew", "max", "megan", "melissa", "michael", "michel", "michelle", "miguel",
    "mike", "mikhail", "mohamed", "mohammad", "mohammed", "muhammad", "nancy", "natalie", "nathan", "neil",
    "nicholas", "nick", "nicola", "nicole", "nigel", "oliver", "olivia", "oscar", "pamela", "patricia",
    "patrick", "paul", "paula", "pedro", "peter", "phil", "philip", "phillip", "rachel", "ralph", "ray",
    "raymond", "rebecca", "richard", "rick", "rob", "robert", "robin", "roger", "ron", "ronald", "rose",
    "ross", "roy", "russell", "ruth", "ryan", "sally", "sam", "samantha", "samuel", "sandra", "sara", "sarah",
    "scott", "sean", "sergei", "sharon", "shirley", "simon", "sophie", "stan", "stephanie", "stephen",
    "steve", "steven", "stuart", "sue", "susan", "suzanne", "ted", "teresa", "terry", "theresa", "thomas",
    "tim", "timothy", "tina", "todd", "tom", "tommy", "tony", "tracy", "tyler", "vanessa", "victor",
    "vincent", "vladimir", "walter", "warren", "wayne", "wendy", "will", "william", "yvonne", "zoe",
];

/// Words after which the name of a place belongs to a newspaper or an airline.
#[rustfmt::skip]
pub(super) const OUTLETS: &[&str] = &[
    "airlines", "airways", "chronicle", "daily", "examiner", "express", "gazette", "herald", "independent",
    "inquirer", "journal", "observer", "post", "sun", "times", "tribune",
];

/// Words after which the name of a capital belongs to a treaty, an event or a school.
#[rustfmt::skip]
pub(super) const AFTER_CAPITALS: &[&str] = &[
    "accord", "accords", "agreement", "agreements", "charter", "convention", "games", "marathon", "olympics",
    "pact", "protocol", "statute", "treaty", "university",
];

/// Countries and capitals that are given names too; a capitalised word after them is the surname.
#[rustfmt::skip]
pub(super) const ALSO_GIVEN: &[&str] = &[
    "chad", "georgia", "jordan", "paris", "sofia", "vienna",
];

/// Acronyms that are words when a whole headline stands in capitals.
#[rustfmt::skip]
pub(super) const WORDS_IN_CAPITALS: &[&str] = &[
    "am", "an", "au", "is", "it", "so", "un", "us", "we", "who",
];
