"""Sentences that state facts and express nothing, each with its subject, written for this project.

Three sets that share no sentence and no predicate: `taught()` is for training, the heads' offsets may turn none of `FACTS` polar
(`calibrate.py`), and the sentences of `docs/quality/` are only a test.
"""

SUBJECTS = [
    "The minister", "The deputy", "The lawmaker", "The spokesman", "The director", "Sarah Novak", "Li Wei", "Senator Davis",
    "Obama", "Putin", "France", "Turkey", "Brazil", "Nigeria", "The firm", "The hospital", "The cooperative", "The newspaper",
    "The regiment", "The assembly", "The bureau", "The tribunal", "The club", "The charity",
]  # fmt: skip
PREDICATES = [
    "met a delegation from Norway on Tuesday", "was in Lisbon last week", "appeared on page three of the document",
    "will be represented by two advisers", "took part in the ceremony", "received a letter dated May 4",
    "has a website in three languages", "is mentioned in the first chapter", "moved to a new address in June",
    "was founded more than a century ago", "is among the ten participants", "signed the register at 11 a.m.",
    "gave the date as February 12", "opened an office in Prague", "has 1,400 staff", "works with partners in five regions",
    "will publish the text on Friday", "attended the session in the afternoon", "spoke for twenty minutes",
    "is listed under the letter D", "will remain in the city until Sunday", "was asked about the timetable",
    "produces figures every quarter", "said the next meeting would be held in Rome", "began the year with a visit to Egypt",
    "lies to the east of the line on the map", "covers an area of 90 square kilometres", "was named in the agenda",
    "handed the file to the clerk", "used the side entrance",
]  # fmt: skip


def taught() -> list[tuple[str, str]]:
    """Every predicate with eight of the subjects, for training: `(sentence, subject)`."""
    pairs = [(SUBJECTS[(7 * i + 3 * j) % len(SUBJECTS)], predicate) for i, predicate in enumerate(PREDICATES) for j in range(8)]
    return [(f"{subject} {predicate}.", subject) for subject, predicate in pairs]


FACTS = [
    ("The committee meets on Tuesday in Brussels.", "committee"),
    ("Canada has ten provinces and three territories.", "Canada"),
    ("The prime minister arrived in Tokyo on Monday.", "prime minister"),
    ("The report has 240 pages and four chapters.", "report"),
    ("Voters will choose between five candidates.", "Voters"),
    ("The bill now goes to the Senate.", "Senate"),
    ("Anna Schmidt was born in Hamburg in 1961.", "Anna Schmidt"),
    ("Parliament is due to debate the budget next week.", "Parliament"),
    ("The company employs 3,000 people at two sites.", "company"),
    ("The chancellor will speak in the lower house at noon.", "chancellor"),
    ("The president is scheduled to meet reporters on Friday morning.", "president"),
    ("Ahmed Hassan became a member of the board in 2019.", "Ahmed Hassan"),
    ("She has represented the district since 2016.", "She"),
    ("The governor signed the document on Wednesday.", "governor"),
    ("Governor Mary Collins will travel to Ohio next week.", "Mary Collins"),
    ("The airport handles two million passengers a year.", "airport"),
    ("Germany holds federal elections every four years.", "Germany"),
    ("The mayor's office is on the second floor of the town hall.", "mayor"),
    ("The factory makes tyres and employs 450 workers.", "factory"),
    ("Senator John Miller sits on the finance committee.", "John Miller"),
    ("The hearing was moved from Tuesday to Thursday.", "hearing"),
    ("Ukraine's currency is called the hryvnia.", "Ukraine"),
    ("The union has 12,000 members in nine states.", "union"),
    ("The foundation is based in Geneva.", "foundation"),
    ("President Macron flew to Berlin on Sunday evening.", "Macron"),
    ("The party was formed in 1987 and has its seat in Oslo.", "party"),
    ("The minister answered questions for forty minutes.", "minister"),
    ("Mexico and Guatemala share a border of 870 kilometres.", "Mexico"),
    ("The court consists of nine judges.", "court"),
    ("The agency released its quarterly statistics on Thursday.", "agency"),
    ("The ambassador will stay in Vienna until the end of the month.", "ambassador"),
    ("Trump and Clinton both held rallies in Florida on Saturday.", "Clinton"),
    ("The White House said the meeting would begin at 9 a.m.", "White House"),
    ("The ferry takes three hours to reach the island.", "ferry"),
    ("The secretary of state spent two days in Jakarta.", "secretary of state"),
    ("The institute has branches in six cities.", "institute"),
    ("Priya Sharma teaches history at a school in Leeds.", "Priya Sharma"),
    ("The commission has 27 members, one from each country.", "commission"),
    ("He was appointed to the post in March 2021.", "He"),
]
