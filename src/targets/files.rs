//! Targets from the text of a TOML or CSV file.

use serde::Deserialize;

use super::words::key;
use super::{Target, TargetsError, tidy};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    target: Vec<toml::Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default = "on")]
    known: bool,
}

fn on() -> bool {
    true
}

impl Target {
    /// Reads the text of a TOML file: a `[[target]]` for each, with its `name`, its `aliases` if any, and
    /// `known = false` where only these shall count.
    ///
    /// ```
    /// use columnist::targets::Target;
    ///
    /// let targets = Target::from_toml("[[target]]\nname = \"Russia\"\naliases = [\"Putin\"]")?;
    /// assert_eq!(targets[0].name, "Russia");
    /// # Ok::<(), columnist::targets::TargetsError>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Vec<Target>, TargetsError> {
        let file: File = toml::from_str(text).map_err(|error| TargetsError::File {
            line: error.span().map_or(1, |span| line_at(text, span.start)),
            problem: format!(
                "{}; write `[[target]]` with `name`, and `aliases` and `known` if you like",
                error.message().trim().replace('\n', "; ")
            ),
        })?;
        let targets = file.target.iter().map(|spanned| {
            let Entry { name, aliases, known } = spanned.get_ref();
            let place = format!("line {}", line_at(text, spanned.span().start));
            Target::build(&place, name, aliases.iter().map(String::as_str), *known)
        });
        not_empty(targets.collect::<Result<_, _>>()?)
    }

    /// Reads the text of a CSV file: `name,aliases` with aliases between `;` or `|`, or `name,alias` with one
    /// alias a row. A third column `known` may say `false` where only these shall count.
    pub fn from_csv(text: &str) -> Result<Vec<Target>, TargetsError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|error| csv_error(&error))?.clone();
        let column = |wanted: &str| {
            headers
                .iter()
                .position(|header| header.eq_ignore_ascii_case(wanted))
        };
        let name = column("name").ok_or_else(|| TargetsError::File {
            line: 1,
            problem: format!(
                "no column `name` among `{}`; begin with `name,aliases`",
                headers.iter().collect::<Vec<_>>().join(",")
            ),
        })?;
        let (aliases, alias, known) = (column("aliases"), column("alias"), column("known"));

        let mut entries: Vec<Row> = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| csv_error(&error))?;
            let line = record.position().map_or(1, |position| position.line() as usize);
            if record.iter().all(str::is_empty) {
                continue;
            }
            if record.len() > headers.len() {
                let problem =
                    "more fields than columns; put `;` between aliases, or quote the field".to_owned();
                return Err(TargetsError::File { line, problem });
            }
            let field = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
            let known = known_flag(field(known), line)?;
            let listed = field(aliases)
                .split([';', '|'])
                .chain(alias.map(|at| field(Some(at))));
            let listed = listed.map(tidy).filter(|alias| !alias.is_empty());
            let name = tidy(field(Some(name)));
            let same = |row: &&mut Row| key(&row.name) == key(&name);
            match entries.iter_mut().find(same) {
                Some(row) if alias.is_some() => {
                    row.aliases.extend(listed);
                    row.known &= known;
                }
                Some(row) => {
                    return Err(TargetsError::SameName {
                        first: row.name.clone(),
                        second: name,
                    });
                }
                None => entries.push(Row {
                    line,
                    aliases: listed.collect(),
                    name,
                    known,
                }),
            }
        }
        let targets = entries.iter().map(
            |Row {
                 line,
                 name,
                 aliases,
                 known,
             }| {
                Target::build(
                    &format!("line {line}"),
                    name,
                    aliases.iter().map(String::as_str),
                    *known,
                )
            },
        );
        not_empty(targets.collect::<Result<_, _>>()?)
    }
}

struct Row {
    line: usize,
    name: String,
    aliases: Vec<String>,
    known: bool,
}

fn known_flag(field: &str, line: usize) -> Result<bool, TargetsError> {
    match field.to_ascii_lowercase().as_str() {
        "" | "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        other => {
            let problem = format!("`known` is `{other}`; write `true` or `false`, or leave it empty");
            Err(TargetsError::File { line, problem })
        }
    }
}

fn csv_error(error: &csv::Error) -> TargetsError {
    let line = error.position().map_or(1, |position| position.line() as usize);
    TargetsError::File {
        line,
        problem: format!("{error}; write a row as `name,alias;alias`"),
    }
}

fn not_empty(targets: Vec<Target>) -> Result<Vec<Target>, TargetsError> {
    if targets.is_empty() {
        Err(TargetsError::Empty)
    } else {
        Ok(targets)
    }
}

fn line_at(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}
