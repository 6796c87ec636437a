//! What the documents promise about files and commands.

use crate::support::{VERBS, has_option, lariat, options_in, root};
use std::{
    fs,
    path::{Path, PathBuf},
};

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

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !["target", "tests", "examples", "test_util"].iter().any(|name| path.ends_with(name)) {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Messages advise options: each that a source of the library or the command names is an option of some verb. That it is
/// one of the verb that prints the message is checked wherever a test runs the command.
#[test]
fn options_in_messages_exist() {
    let mut files = Vec::new();
    for folder in
        ["cli/src", "bench-suite/src", "jolt-core/src", "emulator/src", "pcs", "sumcheck/src", "transcript/src"]
    {
        sources(&root().join(folder), &mut files);
    }
    let mut named = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        // Comments are no messages, and git and the scripts have options of their own.
        for line in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//") && !line.contains("git(") && !line.contains("scripts/"))
        {
            for option in options_in(line) {
                let is_known = VERBS.iter().any(|verb| has_option(verb, option));
                assert!(is_known, "{}: no verb has {option}: {line}", file.display());
                named += 1;
            }
        }
    }
    assert!(named > 30, "{named}");
}
