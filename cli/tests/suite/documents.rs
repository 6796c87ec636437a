//! What the documents promise about files and commands.

use crate::support::{lariat, root};
use std::{fs, path::PathBuf};

fn documents() -> Vec<PathBuf> {
    let mut documents: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "guests/README.md"].map(|name| root().join(name)).to_vec();
    for folder in ["docs", "papers-notes"] {
        let files = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        documents.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    documents
}

#[test]
fn links_lead_to_existing_files() {
    let mut links = 0;
    let mut broken = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap();
            if file.is_empty() || link.contains("://") {
                continue;
            }
            links += 1;
            if !document.with_file_name(file).exists() {
                broken.push(format!("{} links to {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(links > 10, "{links}");
}

/// Every option in a line of the README that begins with `lariat` or runs it through Cargo exists.
#[test]
fn commands_in_the_readme_exist() {
    let text = fs::read_to_string(root().join("README.md")).unwrap().replace("\\\n", "");
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("lariat ").or_else(|| line.strip_prefix("cargo run --release -- ")));
    let mut commands = 0;
    for line in lines {
        let mut words = line.split_whitespace();
        let help = lariat(&[words.next().unwrap(), "--help"]).ok().stdout;
        for option in words.filter(|word| word.starts_with('-')) {
            let known = help.split([' ', ',', '\n']).any(|word| word == option);
            assert!(known, "{line}: {option}");
        }
        commands += 1;
    }
    assert!(commands >= 7, "{commands}");
}
