//! Downloads from servers on loopback that behave well, badly, or not at all.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use flate2::{Compression, write::GzEncoder};

use super::*;

/// What a server does with a request.
#[derive(Clone)]
enum Answer {
    /// Sends these bytes.
    Whole(Vec<u8>),
    /// Announces all of these bytes, sends half of them and closes the connection.
    Half(Vec<u8>),
    /// Sends the status 404.
    NotFound,
}

/// An HTTP server on loopback that notes which files it was asked for.
struct Server {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server that answers a request for the file of a name with `answer(name)`.
    fn start(answer: impl Fn(&str) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/some/folder", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        // The thread ends with the test process; nothing waits for it.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(name) = read_request(&stream) else {
                    continue;
                };
                log.lock().unwrap().push(name.clone());
                // A client that gives up early is no concern of the server.
                let _ = send(&stream, &answer(&name));
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// The file name that a GET request asks for.
fn read_request(stream: &TcpStream) -> Option<String> {
    let lines: Vec<_> = BufReader::new(stream)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let path = lines.first()?.strip_prefix("GET /some/folder/")?;
    path.split(' ').next().map(String::from)
}

fn send(mut stream: &TcpStream, answer: &Answer) -> io::Result<()> {
    let (status, announced, sent): (_, _, &[u8]) = match answer {
        Answer::Whole(bytes) => ("200 OK", bytes.len(), bytes),
        Answer::Half(bytes) => ("200 OK", bytes.len(), &bytes[..bytes.len() / 2]),
        Answer::NotFound => ("404 Not Found", 0, &[]),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {announced}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(sent)
}

/// A small data set: the name, the uncompressed content and its digest for each file.
fn data_set() -> Vec<(&'static str, Vec<u8>)> {
    let images = |count: u8, ink: u8| {
        let header = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 2];
        [header.to_vec(), vec![ink; usize::from(count) * 4]].concat()
    };
    let labels = |count: u8| [vec![0, 0, 8, 1, 0, 0, 0, count], vec![3; count.into()]].concat();
    vec![
        (FILES[0].0, images(20, 50)),
        (FILES[1].0, labels(20)),
        (FILES[2].0, images(5, 60)),
        (FILES[3].0, labels(5)),
    ]
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The file of this name as a mirror has it.
fn served(name: &str) -> Vec<u8> {
    let (_, content) = data_set()
        .into_iter()
        .find(|(known, _)| *known == name)
        .unwrap();
    gzipped(&content)
}

/// A store for the small data set.
fn store(cache: &Path, mirrors: &[&str]) -> Store {
    let digest = |content: &[u8]| {
        let digest = Sha256::digest(content);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    Store {
        folder: cache.join("pocketgan").join("mnist"),
        users: None,
        mirrors: mirrors.iter().map(ToString::to_string).collect(),
        files: data_set()
            .iter()
            .map(|(name, content)| Published {
                name: name.to_string(),
                sha256: digest(content),
            })
            .collect(),
    }
}

/// The failure of the only mirror.
fn failure(store: &Store) -> DownloadError {
    match store.load().unwrap_err() {
        DataError::Download(DownloadError::Mirrors(mut failures)) => {
            assert_eq!(failures.len(), 1);
            failures.remove(0)
        }
        other => panic!("{other}"),
    }
}

fn files_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn downloads_once_and_then_reads_the_cache() {
    let cache = tempfile::tempdir().unwrap();
    let server = Server::start(|name| Answer::Whole(served(name)));
    let store = store(cache.path(), &[&server.url]);
    let data = store.load().unwrap();
    assert_eq!(data.name, "mnist");
    assert_eq!((data.train.len(), data.test.len()), (20, 5));
    assert_eq!((data.train.image(0)[0], data.test.image(0)[0]), (50, 60));
    let names = FILES.map(|(name, _)| name);
    assert_eq!(server.asked(), names);

    let mut sorted = names;
    sorted.sort();
    assert_eq!(files_in(&store.folder), sorted);
    assert_eq!(store.load().unwrap().train, data.train);
    assert_eq!(server.asked().len(), 4);
}

#[test]
fn accepts_a_mirror_that_sends_uncompressed_files() {
    let cache = tempfile::tempdir().unwrap();
    let server = Server::start(|name| {
        let content = data_set().into_iter().find(|(known, _)| *known == name);
        Answer::Whole(content.unwrap().1)
    });
    let data = store(cache.path(), &[&server.url]).load().unwrap();
    assert_eq!((data.train.len(), data.test.len()), (20, 5));
}

#[test]
fn keeps_nothing_that_has_another_digest() {
    let cache = tempfile::tempdir().unwrap();
    let server = Server::start(|_| Answer::Whole(gzipped(b"something else")));
    let store = store(cache.path(), &[&server.url]);
    let failure = failure(&store);
    assert!(
        matches!(&failure, DownloadError::Digest { expected, .. }
            if *expected == store.files[0].sha256),
        "{failure}"
    );
    assert!(files_in(&store.folder).is_empty());
}

#[test]
fn keeps_nothing_that_is_no_gzip_file() {
    let cache = tempfile::tempdir().unwrap();
    let server = Server::start(|_| Answer::Whole(b"<html>Please log in</html>".to_vec()));
    let store = store(cache.path(), &[&server.url]);
    assert!(matches!(failure(&store), DownloadError::Digest { .. }));
    assert!(files_in(&store.folder).is_empty());
}

#[test]
fn keeps_nothing_of_a_transfer_that_breaks_off() {
    let cache = tempfile::tempdir().unwrap();
    let server = Server::start(|name| match name {
        "t10k-images-idx3-ubyte.gz" => Answer::Half(served(name)),
        name => Answer::Whole(served(name)),
    });
    let store = store(cache.path(), &[&server.url]);
    let failure = failure(&store);
    assert!(
        matches!(&failure, DownloadError::Transfer { url, reason }
            if url.ends_with("/some/folder/t10k-images-idx3-ubyte.gz")
                && reason.starts_with("the transfer broke off")),
        "{failure}"
    );
    // The files before it are whole and stay.
    assert_eq!(files_in(&store.folder), [FILES[0].0, FILES[1].0]);
}

#[test]
fn reports_a_file_that_the_mirror_lacks() {
    let cache = tempfile::tempdir().unwrap();
    let server = Server::start(|_| Answer::NotFound);
    let failure = failure(&store(cache.path(), &[&server.url])).to_string();
    assert!(
        failure.ends_with("the server has no such file (status 404)"),
        "{failure}"
    );
}

#[test]
fn reports_a_refused_connection() {
    let cache = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failure = failure(&store(cache.path(), &[&url])).to_string();
    assert!(failure.starts_with(&url), "{failure}");
    assert!(failure.contains("refused"), "{failure}");
}

#[test]
fn the_next_mirror_serves_what_the_first_lacks() {
    let cache = tempfile::tempdir().unwrap();
    let first = Server::start(|name| match name.starts_with("train") {
        true => Answer::Whole(served(name)),
        false => Answer::NotFound,
    });
    let second = Server::start(|name| Answer::Whole(served(name)));
    let data = store(cache.path(), &[&first.url, &second.url])
        .load()
        .unwrap();
    assert_eq!((data.train.len(), data.test.len()), (20, 5));
    assert_eq!(second.asked(), [FILES[2].0, FILES[3].0]);
}

#[test]
fn fetches_a_damaged_file_anew() {
    let cache = tempfile::tempdir().unwrap();
    let server = Server::start(|name| Answer::Whole(served(name)));
    let store = store(cache.path(), &[&server.url]);
    store.load().unwrap();
    let labels = store.folder.join(FILES[1].0);
    let whole = fs::read(&labels).unwrap();
    fs::write(&labels, &whole[..whole.len() - 9]).unwrap();
    store.load().unwrap();
    assert_eq!(fs::read(&labels).unwrap(), whole);
    assert_eq!(server.asked()[4..], [FILES[1].0]);
}

#[test]
fn takes_the_users_folder_if_it_holds_the_published_files() {
    let (cache, users) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = Server::start(|name| Answer::Whole(served(name)));
    let store = Store {
        users: Some(users.path().to_owned()),
        ..store(cache.path(), &[&server.url])
    };
    for (name, content) in data_set() {
        let name = name.trim_end_matches(".gz");
        fs::write(users.path().join(name), content).unwrap();
    }
    let data = store.load().unwrap();
    assert_eq!(data.name, "mnist");
    assert_eq!((data.train.len(), data.test.len()), (20, 5));
    assert!(server.asked().is_empty() && !store.folder.exists());

    let other = users.path().join("train-labels-idx1-ubyte");
    let mut labels = fs::read(&other).unwrap();
    *labels.last_mut().unwrap() ^= 1;
    fs::write(&other, &labels).unwrap();
    assert_eq!(store.load().unwrap().train, data.train);
    assert_eq!(server.asked().len(), 4);
    assert_eq!(fs::read(&other).unwrap(), labels);
}

#[test]
fn reports_a_cache_folder_that_cannot_be_made() {
    let cache = tempfile::tempdir().unwrap();
    fs::write(cache.path().join("pocketgan"), "a file in the way").unwrap();
    let server = Server::start(|name| Answer::Whole(served(name)));
    let error = store(cache.path(), &[&server.url]).load().unwrap_err();
    assert!(matches!(
        error,
        DataError::Download(DownloadError::Folder { .. })
    ));
    assert!(server.asked().is_empty());
}

#[test]
fn knows_loopback_addresses() {
    for mirror in [
        "http://127.0.0.1:80/",
        "http://localhost:8000",
        "http://[::1]:8000/mnist",
    ] {
        assert!(is_loopback(mirror), "{mirror}");
    }
    assert!(!is_loopback(MIRRORS[0]));
}
