//! The browser board's page: one file that holds all it needs.

mod measured;

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, json};

use crate::Error;

/// The modules of the page. They import each other by these names.
const MODULES: [&str; 9] = [
    "board", "choice", "cost", "main", "model", "oled", "pad", "studio", "wasm",
];
/// The lines of `index.html` in whose place the parts come.
const STYLE: &str = r#"<link rel="stylesheet" href="style.css">"#;
const START: &str = r#"<script type="module">import "main";</script>"#;

/// Writes `index.html` into `folder`, which is made if it is not there: the page with its style,
/// its modules, what was measured of models, and the WebAssembly module `wasm`. Returns its path.
///
/// # Errors
/// [`Error::File`] or [`Error::Page`].
pub fn write(wasm: &Path, folder: &Path) -> Result<PathBuf, Error> {
    let wasm = read(wasm)?;
    let page = page(&wasm)?;
    let path = folder.join("index.html");
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, page));
    written.map_err(|source| Error::File {
        path: path.clone(),
        source,
    })?;
    Ok(path)
}

fn page(wasm: &[u8]) -> Result<String, Error> {
    let folder = repository().join("firmware/boards/browser/page");
    let source = |name: &str| read_text(&folder.join(name));
    let style = format!("<style>\n{}</style>", source("style.css")?);
    let mut imports = Map::new();
    for name in MODULES {
        // The comment names the module in the browser's developer tools.
        let code = format!(
            "{}//# sourceURL={name}.js\n",
            source(&format!("{name}.js"))?
        );
        let url = format!(
            "data:text/javascript;base64,{}",
            BASE64_STANDARD.encode(code)
        );
        imports.insert(name.to_owned(), url.into());
    }
    let scripts = [
        script(
            "importmap",
            None,
            &json!({ "imports": imports }).to_string(),
        ),
        script(
            "application/json",
            Some("measured"),
            &measured::read(&repository())?.to_string(),
        ),
        script(
            "application/wasm;base64",
            Some("module"),
            &BASE64_STANDARD.encode(wasm),
        ),
        START.to_owned(),
    ];
    let html = source("index.html")?;
    replace(&replace(&html, STYLE, &style)?, START, &scripts.join("\n"))
}

/// A script element. Neither Base64 nor these JSON values can hold its end.
fn script(kind: &str, id: Option<&str>, content: &str) -> String {
    let id = id.map(|id| format!(r#" id="{id}""#)).unwrap_or_default();
    format!(r#"<script type="{kind}"{id}>{content}</script>"#)
}

/// `html` with `new` in the place of `old`, which must be there once.
fn replace(html: &str, old: &str, new: &str) -> Result<String, Error> {
    match html.split(old).collect::<Vec<_>>()[..] {
        [before, after] => Ok([before, new, after].concat()),
        _ => Err(Error::Page(format!("index.html must have one line {old}"))),
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::File {
        path: path.into(),
        source,
    })
}

fn read_text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::File {
        path: path.into(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_one_file_without_links_to_others() {
        let page = page(b"\0asm").unwrap();
        for reference in [" src=", "<link rel=\"stylesheet\"", "http://", "https://"] {
            let found = page.match_indices(reference);
            let found: Vec<&str> = found.map(|(at, _)| &page[at..at + 60]).collect();
            // The name space of the icon is a name, not an address.
            let is_name = |text: &&str| text.starts_with("http://www.w3.org/2000/svg");
            assert!(found.iter().all(is_name), "{found:?}");
        }
        assert!(page.contains(&BASE64_STANDARD.encode(b"\0asm")));
    }

    #[test]
    fn a_page_without_a_place_for_a_part_is_refused() {
        assert!(replace("<head></head>", STYLE, "").is_err());
        assert!(replace(&STYLE.repeat(2), STYLE, "").is_err());
    }
}
