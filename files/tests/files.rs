//! What is written where, with which permissions, and what is left beside it.

#![allow(clippy::unwrap_used, clippy::panic)]

use lariat_files::{Target, is_same, is_standard_output, save, save_with};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    thread,
};
use tempfile::TempDir;

fn folder() -> TempDir {
    TempDir::new().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A name that a temporary file may have.
fn temporary(letter: char) -> String {
    format!(".lariat-{}.partial", String::from(letter).repeat(16))
}

#[test]
fn saves_whole_files_and_leaves_nothing_beside_them() {
    let folder = folder();
    let path = folder.path().join("proof");
    let target = Target::check(&path).unwrap();
    assert_eq!(names(folder.path()), [""; 0]);
    target.save(b"first").unwrap();
    target.save(b"second").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"second");
    save_with::<io::Error>(&path, |out| out.write_all(b"third")).unwrap();
    assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"third".to_vec(), vec!["proof".to_owned()]));
}

#[test]
fn a_writer_that_fails_leaves_what_was_there() {
    let folder = folder();
    let path = folder.path().join("proof");
    fs::write(&path, b"before").unwrap();
    let failed = save_with(&path, |out| {
        out.write_all(b"half")?;
        Err(io::Error::from(io::ErrorKind::TimedOut))
    });
    assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::TimedOut);
    assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"before".to_vec(), vec!["proof".to_owned()]));
}

#[test]
fn staged_files_appear_when_they_are_published_and_not_before() {
    let folder = folder();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    fs::write(&first, b"old").unwrap();
    let targets = [&first, &second].map(|path| Target::check(path).unwrap());
    let [staged_first, staged_second] = [&targets[0], &targets[1]].map(|target| target.stage(b"new").unwrap());
    assert_eq!((fs::read(&first).unwrap(), second.exists()), (b"old".to_vec(), false));
    staged_first.publish().unwrap();
    drop(staged_second);
    assert_eq!((fs::read(&first).unwrap(), names(folder.path())), (b"new".to_vec(), vec!["first".to_owned()]));
}

#[test]
fn folders_missing_folders_and_names_that_are_too_long_are_refused_before_and_after() {
    let folder = folder();
    let inside = |name: &str| folder.path().join(name);
    let kind = io::ErrorKind::IsADirectory;
    for (path, expected) in [
        (folder.path().to_path_buf(), Some(kind)),
        (inside("to-be/"), Some(kind)),
        (inside("missing/proof"), Some(io::ErrorKind::NotFound)),
        (inside(&"a".repeat(256)), None),
    ] {
        let refused = Target::check(&path).unwrap_err();
        assert!(expected.is_none_or(|expected| refused.kind() == expected), "{}: {refused}", path.display());
        assert_eq!(save(&path, b"x").unwrap_err().kind(), refused.kind());
    }
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn the_longest_names_can_be_written() {
    let folder = folder();
    for length in [250, 255] {
        let path = folder.path().join("a".repeat(length));
        save(&path, b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }
    assert_eq!(names(folder.path()).len(), 2);
}

/// Threads of one process have one number, as processes of two containers may. A reader never sees anything else.
#[test]
fn of_many_writers_one_whole_file_wins() {
    let folder = folder();
    let path = folder.path().join("proof");
    let contents: Vec<Vec<u8>> = (0..8u8).map(|i| vec![i; 100_000 + usize::from(i)]).collect();
    save(&path, &contents[0]).unwrap();
    thread::scope(|scope| {
        for bytes in &contents {
            scope.spawn(|| (0..25).for_each(|_| save(&path, bytes).unwrap()));
        }
        for _ in 0..500 {
            assert!(contents.contains(&fs::read(&path).unwrap()));
        }
    });
    assert!(contents.contains(&fs::read(&path).unwrap()));
    assert_eq!(names(folder.path()), ["proof"]);
}

/// One writer removes leftovers all the time, the other ones write: none loses its file.
#[test]
fn what_a_living_writer_is_at_is_no_leftover() {
    let folder = folder();
    let [path, other] = ["proof", "other"].map(|name| folder.path().join(name));
    let target = Target::check(&path).unwrap();
    let staged = target.stage(b"staged").unwrap();
    thread::scope(|scope| {
        scope.spawn(|| (0..200).for_each(|_| drop(Target::check(&other).unwrap())));
        scope.spawn(|| (0..100).for_each(|_| save(&other, b"other").unwrap()));
    });
    staged.publish().unwrap();
    assert_eq!((fs::read(&path).unwrap(), fs::read(&other).unwrap()), (b"staged".to_vec(), b"other".to_vec()));
    assert_eq!(names(folder.path()), ["other", "proof"]);
}

#[test]
fn leftovers_are_removed_and_nothing_else() {
    let folder = folder();
    let inside = |name: &str| folder.path().join(name);
    let kept = [
        ".lariat-.partial".to_owned(),
        ".lariat-aaaaaaaaaaaaaaa.partial".to_owned(),
        ".lariat-aaaaaaaaaaaaaaa-.partial".to_owned(),
        temporary('b').trim_end_matches(".partial").to_owned(),
        temporary('c'),
    ];
    for name in &kept {
        fs::write(inside(name), b"half").unwrap();
    }
    fs::write(inside(&temporary('a')), b"half").unwrap();
    // Somebody else holds the lock of the last one.
    let held = File::open(inside(&kept[4])).unwrap();
    held.lock().unwrap();
    Target::check(&inside("proof")).unwrap();
    let mut expected = kept.to_vec();
    expected.sort();
    assert_eq!(names(folder.path()), expected);
    drop(held);
    save(&inside("proof"), b"x").unwrap();
    assert!(!inside(&temporary('c')).exists());
}

#[test]
fn one_file_is_recognised_under_all_its_names() {
    let folder = folder();
    let inside = |name: &str| folder.path().join(name);
    fs::create_dir(inside("sub")).unwrap();
    fs::write(inside("a"), b"a").unwrap();
    fs::write(inside("b"), b"a").unwrap();
    fs::hard_link(inside("a"), inside("hard")).unwrap();
    let same = |a: &str, b: &str| is_same(&inside(a), &inside(b));
    for (a, b) in [("a", "a"), ("a", "./a"), ("a", "sub/../a"), ("a", "hard"), ("new", "new"), ("new", "sub/../new")] {
        assert!(same(a, b) && same(b, a), "{a} and {b}");
    }
    for (a, b) in [("a", "b"), ("a", "new"), ("new", "other"), ("new", "sub/new"), ("missing/new", "missing/new")] {
        assert!(!same(a, b) && !same(b, a), "{a} and {b}");
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::{
        io::Read,
        os::unix::fs::{PermissionsExt, symlink},
        process::Command,
    };

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    #[test]
    fn links_stay_and_what_they_lead_to_is_written() {
        let folder = folder();
        let inside = |name: &str| folder.path().join(name);
        fs::create_dir(inside("sub")).unwrap();
        fs::write(inside("sub/old"), b"old").unwrap();
        symlink("sub/old", inside("to-old")).unwrap();
        symlink("sub/new", inside("to-new")).unwrap();
        symlink("to-new", inside("to-to-new")).unwrap();
        symlink("loop", inside("loop")).unwrap();
        for (link, place) in [("to-old", "sub/old"), ("to-to-new", "sub/new")] {
            assert!(is_same(&inside(link), &inside(place)));
            save(&inside(link), link.as_bytes()).unwrap();
            assert_eq!(fs::read(inside(place)).unwrap(), link.as_bytes());
            assert!(!fs::symlink_metadata(inside(place)).unwrap().is_symlink());
        }
        assert!(Target::check(&inside("loop")).is_err());
        assert_eq!(names(folder.path()), ["loop", "sub", "to-new", "to-old", "to-to-new"]);
        for link in ["loop", "to-new", "to-old", "to-to-new"] {
            assert!(fs::symlink_metadata(inside(link)).unwrap().is_symlink(), "{link}");
        }
    }

    #[test]
    fn permissions_are_those_of_what_was_there() {
        let folder = folder();
        let path = folder.path().join("proof");
        File::create(folder.path().join("as-usual")).unwrap();
        save(&path, b"new").unwrap();
        assert_eq!(mode(&path), mode(&folder.path().join("as-usual")));
        for kept in [0o600, 0o640, 0o666, 0o755] {
            set_mode(&path, kept);
            save(&path, b"again").unwrap();
            assert_eq!(mode(&path), kept);
        }
        // Also of what came after the check.
        let late = folder.path().join("late");
        let target = Target::check(&late).unwrap();
        fs::write(&late, b"secret").unwrap();
        set_mode(&late, 0o600);
        let staged = target.stage(b"proof").unwrap();
        let temporary = names(folder.path()).into_iter().find(|name| name.starts_with('.')).unwrap();
        assert_eq!(mode(&folder.path().join(temporary)), 0o600);
        staged.publish().unwrap();
        assert_eq!((mode(&late), fs::read(&late).unwrap()), (0o600, b"proof".to_vec()));
    }

    /// Root may write everything, unless it gives up the right to.
    #[test]
    fn what_may_not_be_changed_is_refused() {
        const INNER: &str = "LARIAT_FILES_TEST_RIGHTS";
        let folder = folder();
        let path = folder.path().join("proof");
        fs::write(&path, b"kept").unwrap();
        set_mode(&path, 0o444);
        if File::options().write(true).open(&path).is_err() {
            assert_eq!(Target::check(&path).unwrap_err().kind(), io::ErrorKind::PermissionDenied);
            return;
        }
        let is_inner = std::env::var_os(INNER).is_some();
        let inner = Command::new("setpriv")
            .args(["--bounding-set=-dac_override,-dac_read_search"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "unix::what_may_not_be_changed_is_refused"])
            .env(INNER, "1")
            .output();
        match inner {
            Ok(inner) if !is_inner => {
                let said = String::from_utf8_lossy(&inner.stdout);
                assert!(inner.status.success() && said.contains("1 passed"), "{inner:?}");
            }
            _ => {
                println!("SKIPPED: this user may write every file, and `setpriv` does not change that");
                assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "under CI=true no test is skipped");
            }
        }
    }

    /// Whoever shares the folder and guesses the name gains nothing: the leftovers' names are the only ones to guess.
    #[test]
    fn planted_links_and_pipes_are_neither_followed_nor_waited_for() {
        let folder = folder();
        let inside = |name: &str| folder.path().join(name);
        fs::write(inside("victim"), b"precious").unwrap();
        symlink("victim", inside(&temporary('l'))).unwrap();
        pipe(&inside(&temporary('p')));
        fs::create_dir(inside(&temporary('d'))).unwrap();
        save(&inside("proof"), b"proof").unwrap();
        assert_eq!(fs::read(inside("victim")).unwrap(), b"precious");
        assert_eq!(
            names(folder.path()),
            [temporary('d'), temporary('l'), temporary('p'), "proof".into(), "victim".into()]
        );
    }

    #[test]
    fn pipes_are_opened_once_and_written_through() {
        let folder = folder();
        let (path, link) = (folder.path().join("pipe"), folder.path().join("link"));
        pipe(&path);
        symlink("pipe", &link).unwrap();
        let contents = vec![7; 300_000];
        thread::scope(|scope| {
            // A reader that ends with the first writer that closes.
            let reader = scope.spawn(|| {
                let mut got = Vec::new();
                File::open(&path).unwrap().read_to_end(&mut got).unwrap();
                got
            });
            let target = Target::check(&link).unwrap();
            assert!(!reader.is_finished());
            target.save(&contents).unwrap();
            drop(target);
            assert!(reader.join().unwrap() == contents);
        });
        assert_eq!(names(folder.path()), ["link", "pipe"]);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(is_same(&path, &link));
    }

    #[test]
    fn devices_are_written_to_and_never_taken_for_one_file() {
        let null = PathBuf::from("/dev/null");
        save(&null, b"x").unwrap();
        save_with::<io::Error>(&null, |out| out.write_all(b"x")).unwrap();
        assert!(!fs::metadata(&null).unwrap().is_file());
        assert!(!is_same(&null, &null) && !is_standard_output(&null));
    }

    /// A container's file that is mounted by itself has a folder, but cannot be replaced in it.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_is_a_mount_is_written_over() {
        const INNER: &str = "LARIAT_FILES_TEST_MOUNT";
        if let Some(path) = std::env::var_os(INNER) {
            save(Path::new(&path), b"proof").unwrap();
            return;
        }
        let folder = folder();
        let (path, behind) = (folder.path().join("proof"), folder.path().join("behind"));
        fs::write(&path, b"hidden").unwrap();
        fs::write(&behind, b"longer than the proof").unwrap();
        let unshare = |script: &str| {
            let mut command = Command::new("unshare");
            command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
            command
        };
        if !unshare("true").status().is_ok_and(|status| status.success()) {
            println!("SKIPPED: `unshare` cannot make a namespace here, and mounts were not tested");
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "under CI=true no test is skipped");
            return;
        }
        let script = "mount --bind \"$1\" \"$2\" && exec \"$3\" --exact unix::a_file_that_is_a_mount_is_written_over";
        let mut inner = unshare(script);
        inner.args([&behind, &path, &std::env::current_exe().unwrap()]).env(INNER, &path);
        assert!(inner.output().unwrap().status.success());
        assert_eq!((fs::read(&path).unwrap(), fs::read(&behind).unwrap()), (b"hidden".to_vec(), b"proof".to_vec()));
        assert_eq!(names(folder.path()), ["behind", "proof"]);
    }
}
