//! Models from a hub: how they come, where they lie, what goes wrong on the way, and what is said of it.
//!
//! The hub is a server on this machine. What fetches is part of programs with the feature `hub`.

use std::fs;
use std::path::PathBuf;

use crate::hub::{COMMIT, Repository};
use crate::support::{Desk, Ran, repository};

/// Puts a model into the desk's cache, as `huggingface_hub` would.
fn cache(desk: &Desk, model: &Repository) -> PathBuf {
    let folder = ".cache/huggingface/hub/models--owner--name";
    for (file, bytes) in model.files.iter().filter(|(name, _)| !name.contains('/')) {
        let digest = model.digest(file);
        desk.write(&format!("{folder}/blobs/{digest}"), bytes);
        let pointer = desk.path(format!("{folder}/snapshots/{COMMIT}/{file}"));
        fs::create_dir_all(pointer.parent().unwrap()).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(format!("../../blobs/{digest}"), pointer).unwrap();
    }
    desk.write(&format!("{folder}/refs/main"), COMMIT);
    desk.path(folder)
}

fn models(desk: &Desk, args: &[&str]) -> Ran {
    desk.columnist(&[&["models"], args].concat())
}

#[test]
fn what_is_no_name_is_refused() {
    let desk = Desk::new();
    for name in ["../escape", "a/b/c", "nothing here"] {
        models(&desk, &["pull", name])
            .exits(2)
            .says(&format!(
                "`{name}` is neither a folder nor the name of a model on the hub"
            ))
            .says("hint: names are `owner/name`");
    }
}

#[test]
fn a_whole_model_in_the_cache_needs_no_network() {
    let desk = Desk::new();
    let folder = cache(&desk, &Repository::usual());
    for name in ["owner/name", &format!("owner/name@{COMMIT}")] {
        let ran = models(&desk, &["pull", "--offline", name])
            .exits(0)
            .says("8 files");
        let snapshot = folder.join("snapshots").join(COMMIT);
        assert_eq!(ran.stdout, format!("{}\n", snapshot.display()));
    }
}

#[test]
fn offline_nothing_is_fetched() {
    let desk = Desk::new();
    let told = "`owner/name` is not whole in the cache, and the network must not be used";
    models(&desk, &["pull", "--offline", "owner/name"])
        .exits(2)
        .says(told)
        .says("it lacks nothing of it\nhint:");
    let mut command = desk.command(&["models", "pull", "owner/name"]);
    Ran::from(command.env("HF_HUB_OFFLINE", "1").output().unwrap())
        .exits(2)
        .says(told);
    let folder = cache(&desk, &Repository::usual());
    fs::remove_file(folder.join("snapshots").join(COMMIT).join("config.json")).unwrap();
    models(&desk, &["pull", "--offline", "owner/name"])
        .exits(2)
        .says("it lacks `config.json`");
}

#[test]
fn the_models_here_are_listed() {
    let desk = Desk::new();
    let ran = models(&desk, &["list"]).exits(0);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{}", ran.stdout);
    assert!(lines[1].starts_with("columnist-mini ") && lines[1].ends_with(" part of this program"));
    assert!(lines[2].ends_with("/.cache/huggingface/hub"), "{}", lines[2]);

    let folder = cache(&desk, &Repository::usual());
    let shown = models(&desk, &["list"]).exits(0).stdout;
    let line = shown.lines().nth(2).unwrap();
    assert!(
        line.starts_with("owner/name ") && line.contains(" main "),
        "{line}"
    );
    assert!(line.ends_with("  300.07 kB  model.safetensors"), "{line}");

    fs::remove_file(folder.join("snapshots").join(COMMIT).join("tokenizer.json")).unwrap();
    let shown = models(&desk, &["list"]).exits(0).stdout;
    assert!(
        !shown.contains("not whole"),
        "`vocab.json` is still there:\n{shown}"
    );
    fs::remove_file(folder.join("snapshots").join(COMMIT).join("vocab.json")).unwrap();
    let shown = models(&desk, &["list"]).exits(0).stdout;
    assert!(shown.contains("not whole: it lacks a vocabulary"), "{shown}");
}

#[test]
fn the_environment_says_where_the_cache_is() {
    let desk = Desk::new();
    let shown = |variables: &[(&str, &str)]| {
        let mut command = desk.command(&["models", "list"]);
        let ran = Ran::from(command.envs(variables.iter().copied()).output().unwrap()).exits(0);
        ran.stdout.lines().last().unwrap().to_owned()
    };
    let home = desk.path(".cache/huggingface/hub");
    assert_eq!(shown(&[]), format!("cache: {}", home.display()));
    assert_eq!(shown(&[("XDG_CACHE_HOME", "x")]), "cache: x/huggingface/hub");
    assert_eq!(
        shown(&[("XDG_CACHE_HOME", "x"), ("HF_HOME", "y")]),
        "cache: y/hub"
    );
    assert_eq!(shown(&[("HF_HOME", "y"), ("HF_HUB_CACHE", "z")]), "cache: z");
    let below = desk.path("z");
    assert_eq!(
        shown(&[("HF_HUB_CACHE", "~/z")]),
        format!("cache: {}", below.display())
    );
}

#[test]
fn damage_is_found() {
    let desk = Desk::new();
    let model = Repository::usual();
    let folder = cache(&desk, &model);
    let ran = models(&desk, &["verify"]).exits(0);
    assert!(
        ran.stdout
            .contains("ok   columnist-mini (part of this program): "),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("ok   owner/name (0123456789ab): 8 files, "),
        "{}",
        ran.stdout
    );
    for file in ["model.safetensors", "config.json"] {
        let blob = folder.join("blobs").join(model.digest(file));
        fs::write(&blob, "something else").unwrap();
        for args in [&["verify"][..], &["verify", "owner/name"]] {
            let ran = models(&desk, args).exits(1);
            let line = format!("snapshots/{COMMIT}/{file}: its ");
            assert!(ran.stdout.contains(&line), "{}", ran.stdout);
            assert!(
                ran.stdout.contains(&format!("should be {}", model.digest(file))),
                "{}",
                ran.stdout
            );
            assert!(
                ran.stdout.contains("hint: delete what is damaged"),
                "{}",
                ran.stdout
            );
        }
        fs::remove_file(&blob).unwrap();
        let ran = models(&desk, &["verify", "owner/name"]).exits(1);
        assert!(ran.stdout.contains("FAIL "), "{}", ran.stdout);
        desk.write(
            blob.strip_prefix(desk.path("")).unwrap().to_str().unwrap(),
            model.bytes(file).unwrap(),
        );
    }
    models(&desk, &["verify"]).exits(0);
    let ran = models(&desk, &["verify", "owner/other"]).exits(1);
    assert_eq!(
        ran.stdout,
        "FAIL owner/other: not whole in the cache: it lacks nothing of it\n"
    );
}

#[test]
fn a_folder_is_held_against_its_list() {
    let desk = Desk::new();
    let shipped = repository("models/columnist-mini");
    let ran = models(&desk, &["verify", shipped.to_str().unwrap()]).exits(0);
    assert!(
        ran.stdout.starts_with("ok   ") && ran.stdout.contains("5 files"),
        "{}",
        ran.stdout
    );
    for file in ["SHA256SUMS", "config.json"] {
        desk.write(&format!("mine/{file}"), fs::read(shipped.join(file)).unwrap());
    }
    desk.write("mine/tokenizer.json", "{}");
    let ran = models(&desk, &["verify", "mine"]).exits(1);
    assert!(
        ran.stdout.contains("FAIL mine/tokenizer.json: its SHA-256 is "),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("FAIL mine/trunk.onnx: No such file"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("config.json"), "{}", ran.stdout);
    desk.write("bare/config.json", "{}");
    let ran = models(&desk, &["verify", "bare"]).exits(1);
    assert!(
        ran.stdout
            .contains("FAIL bare: nothing says what its files should be"),
        "{}",
        ran.stdout
    );
}

#[test]
#[cfg(not(feature = "hub"))]
fn a_program_without_the_feature_says_so() {
    models(&Desk::new(), &["pull", "owner/name"])
        .exits(2)
        .says("built without the feature `hub`, and cannot fetch `owner/name`")
        .says("hint: build it with `--features hub`");
}

#[cfg(feature = "hub")]
mod fetching {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::hub::{Answer, Asked, Server, weights};

    /// A desk, a hub with a model, and the server of its large files.
    struct Scene {
        desk: Desk,
        hub: Server,
        elsewhere: Server,
        model: Repository,
    }

    impl Scene {
        fn of(model: Repository) -> Scene {
            Scene::with(model, |_| None, |_| None)
        }

        /// Where a trouble answers, the server does not.
        fn with(
            model: Repository,
            trouble: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
            trouble_elsewhere: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
        ) -> Scene {
            let known = model.clone();
            let elsewhere = Server::start(move |asked| {
                trouble_elsewhere(asked).unwrap_or_else(|| known.elsewhere(asked))
            });
            let (known, url) = (model.clone(), elsewhere.url.clone());
            Scene {
                desk: Desk::new(),
                hub: Server::start(move |asked| trouble(asked).unwrap_or_else(|| known.hub(asked, &url))),
                elsewhere,
                model,
            }
        }

        fn command(&self, args: &[&str]) -> Command {
            let mut command = self.desk.command(&[&["models"], args].concat());
            command.env("HF_ENDPOINT", &self.hub.url).env("HF_HOME", "hf");
            command
        }

        fn pull(&self) -> Ran {
            self.ran(&["pull", "owner/name"])
        }

        fn ran(&self, args: &[&str]) -> Ran {
            Ran::from(self.command(args).output().unwrap())
        }

        fn path(&self, below: &str) -> PathBuf {
            self.desk.path("hf/hub/models--owner--name").join(below)
        }

        fn blob(&self, file: &str) -> PathBuf {
            self.path("blobs").join(self.model.digest(file))
        }

        fn partial(&self, file: &str) -> PathBuf {
            self.blob(file).with_extension("incomplete")
        }

        /// The address of a file, which errors must name.
        fn url(&self, file: &str) -> String {
            format!("{}/owner/name/resolve/{COMMIT}/{file}", self.hub.url)
        }

        #[track_caller]
        fn has(&self, files: &[&str]) {
            let folder = self.path("snapshots").join(COMMIT);
            let mut there: Vec<_> = fs::read_dir(&folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            there.sort();
            assert_eq!(there, files);
            for file in files {
                assert_eq!(
                    fs::read(folder.join(file)).unwrap(),
                    self.model.bytes(file).unwrap(),
                    "{file}"
                );
                #[cfg(unix)]
                assert_eq!(
                    fs::read_link(folder.join(file)).unwrap(),
                    PathBuf::from("../../blobs").join(self.model.digest(file))
                );
            }
            let left = fs::read_dir(self.path("blobs")).unwrap();
            assert_eq!(left.count(), files.len(), "nothing unfinished is left");
            assert_eq!(self.desk.read("hf/hub/models--owner--name/refs/main"), COMMIT);
        }
    }

    const USUAL: [&str; 5] = [
        "config.json",
        "merges.txt",
        "model.safetensors",
        "tokenizer.json",
        "vocab.json",
    ];

    #[test]
    fn a_model_comes_once() {
        let scene = Scene::of(Repository::usual());
        let ran = scene
            .pull()
            .exits(0)
            .says("owner/name (0123456789ab): 5 files, 300.04 kB");
        assert_eq!(
            ran.stdout,
            format!("hf/hub/models--owner--name/snapshots/{COMMIT}\n")
        );
        scene.has(&USUAL);
        assert_eq!(scene.elsewhere.asked().len(), 1);
        let again = scene.pull().exits(0);
        assert_eq!(again.stdout, ran.stdout);
        assert_eq!(scene.elsewhere.asked().len(), 1, "the weights are here");
        assert_eq!(scene.hub.asked_for("GET /owner/name/resolve/").len(), USUAL.len());

        let asked = scene.hub.asked().len();
        let offline = scene.ran(&["pull", "--offline", "owner/name"]).exits(0);
        assert_eq!(offline.stdout, ran.stdout);
        assert_eq!(scene.hub.asked().len(), asked);
        scene.ran(&["verify", "owner/name"]).exits(0);
    }

    #[test]
    fn two_that_pull_the_same_bring_it_once() {
        let scene = Scene::of(Repository::usual());
        let both = [(); 2].map(|()| scene.command(&["pull", "owner/name"]).spawn().unwrap());
        for one in both {
            Ran::from(one.wait_with_output().unwrap()).exits(0);
        }
        scene.has(&USUAL);
        assert_eq!(scene.elsewhere.asked().len(), 1);
    }

    #[test]
    fn a_branch_with_a_slash() {
        let scene = Scene::of(Repository::usual());
        scene.ran(&["pull", "owner/name@refs/pr/1"]).exits(0);
        assert_eq!(fs::read_to_string(scene.path("refs/refs/pr/1")).unwrap(), COMMIT);
        assert!(scene.ran(&["list"]).exits(0).stdout.contains(" refs/pr/1 "));
    }

    #[test]
    fn the_token_is_for_the_hub_alone() {
        let scene = Scene::of(Repository::usual());
        scene.desk.write("hf/token", "hf_from_the_file\n");
        scene.pull().exits(0);
        fs::remove_dir_all(scene.path("")).unwrap();
        let mut command = scene.command(&["pull", "-vv", "owner/name"]);
        let ran = Ran::from(command.env("HF_TOKEN", "hf_from_the_variable").output().unwrap()).exits(0);
        assert!(!ran.stderr.contains("hf_from"), "{}", ran.stderr);
        let tokens: Vec<_> = scene
            .hub
            .asked()
            .iter()
            .map(|asked| asked.header("authorization").unwrap().to_owned())
            .collect();
        let (first, second) = tokens.split_at(tokens.len() / 2);
        assert!(
            first.iter().all(|token| token == "Bearer hf_from_the_file"),
            "{first:?}"
        );
        assert!(
            second.iter().all(|token| token == "Bearer hf_from_the_variable"),
            "{second:?}"
        );
        let elsewhere = scene.elsewhere.asked();
        assert_eq!(elsewhere.len(), 2);
        assert!(
            elsewhere
                .iter()
                .all(|asked| asked.header("authorization").is_none())
        );
    }

    #[test]
    fn shards_come_with_their_index() {
        let index = br#"{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}"#;
        let scene = Scene::of(Repository::of(&[
            ("config.json", b"{}"),
            ("model-00001-of-00002.safetensors", b"first"),
            ("model-00002-of-00002.safetensors", b"second"),
            ("model.safetensors.index.json", index),
            ("pytorch_model.bin", b"not the best"),
            ("spiece.model", b"pieces"),
        ]));
        scene.pull().exits(0);
        scene.has(&[
            "config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "spiece.model",
        ]);
        assert!(scene.ran(&["list"]).exits(0).stdout.contains(" 2 shards"));
    }

    #[test]
    fn weights_that_python_pickled_are_told_of() {
        let scene = Scene::of(Repository::of(&[
            ("config.json", b"{}"),
            ("pytorch_model.bin", b"pickled"),
            ("vocab.txt", b"a"),
        ]));
        scene
            .pull()
            .exits(0)
            .says("hint: `pytorch_model.bin` is stored as it is");
        scene.has(&["config.json", "pytorch_model.bin", "vocab.txt"]);
    }

    #[test]
    fn a_model_that_no_engine_loads_is_refused_before_anything_is_fetched() {
        let scene = Scene::of(Repository::of(&[
            ("config.json", b"{}"),
            ("tf_model.h5", b"weights"),
            ("vocab.txt", b"a"),
        ]));
        scene
            .pull()
            .exits(2)
            .says("`owner/name` on the hub lacks weights: one of model.safetensors, ");
        assert_eq!(scene.hub.asked().len(), 1);
        assert!(!scene.path("").exists());
    }

    #[test]
    fn what_the_hub_does_not_have() {
        let scene = Scene::of(Repository::usual());
        scene
            .ran(&["pull", "owner/name@v9"])
            .exits(2)
            .says("cannot fetch the list of files of `owner/name@v9`")
            .says(&format!(
                "{}/api/models/owner/name/revision/v9 answers 404",
                scene.hub.url
            ))
            .says("a revision is named as `owner/name@revision`");
        let gone = |asked: &Asked| {
            let wanted = asked.line.starts_with("GET") && asked.line.ends_with("vocab.json");
            wanted.then(|| Answer::status(404).with("x-error-message", "Entry not found"))
        };
        let scene = Scene::with(Repository::usual(), gone, |_| None);
        scene
            .pull()
            .exits(2)
            .says("cannot fetch `vocab.json` of `owner/name`")
            .says(&format!(
                "{} answers 404: Entry not found",
                scene.url("vocab.json")
            ));
        assert!(!scene.path("refs/main").exists(), "half a model has no name");
    }

    #[test]
    fn what_the_hub_does_not_show() {
        let private = |_: &Asked| Some(Answer::status(401).with("x-error-code", "RepoNotFound"));
        let scene = Scene::with(Repository::usual(), private, |_| None);
        let page = format!("{}/owner/name", scene.hub.url);
        scene
            .pull()
            .exits(2)
            .says(" answers 401\nhint: the hub answers so where there is no such model")
            .says(&format!("terms to accept ({page}), set `HF_TOKEN`"));
        let mut command = scene.command(&["pull", "owner/name"]);
        Ran::from(command.env("HF_TOKEN", "hf_old").output().unwrap())
            .exits(2)
            .says("is the token (`HF_TOKEN`, or the file `token`) still good?");
        assert_eq!(scene.hub.asked().len(), 2, "asking again would not help");

        let gated = |asked: &Asked| {
            let file = asked.line.contains("/resolve/");
            file.then(|| Answer::status(403).with("x-error-code", "GatedRepo"))
        };
        let scene = Scene::with(Repository::usual(), gated, |_| None);
        scene
            .pull()
            .exits(2)
            .says("cannot fetch `config.json` of `owner/name`")
            .says(&format!("{} answers 403", scene.url("config.json")))
            .says(&format!(
                "accept the model's terms on {}/owner/name",
                scene.hub.url
            ));
    }

    #[test]
    fn a_busy_hub_is_asked_again_when_it_says() {
        let busy = |asked: &Asked| {
            let first =
                asked.line.starts_with("HEAD") && asked.line.ends_with("config.json") && asked.before == 0;
            first.then(|| Answer::status(429).with("retry-after", "2"))
        };
        let scene = Scene::with(Repository::usual(), busy, |_| None);
        let begun = Instant::now();
        scene.pull().exits(0);
        assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
        scene.has(&USUAL);
    }

    #[test]
    fn a_hub_that_is_busy_for_long_is_not_waited_for() {
        let busy = |_: &Asked| Some(Answer::status(429).with("retry-after", "7200"));
        let scene = Scene::with(Repository::usual(), busy, |_| None);
        scene
            .pull()
            .exits(2)
            .says(" answers 429")
            .says("try again in 7200 s");
        assert_eq!(scene.hub.asked().len(), 1);
    }

    #[test]
    fn a_server_in_trouble_is_asked_again() {
        let trouble = |asked: &Asked| (asked.before == 0).then(|| Answer::status(503));
        let scene = Scene::with(Repository::usual(), |_| None, trouble);
        scene.pull().exits(0);
        scene.has(&USUAL);
    }

    #[test]
    fn a_transfer_that_breaks_goes_on_where_it_stopped() {
        let model = Repository::usual();
        let known = model.clone();
        let breaks = move |asked: &Asked| {
            let mut answer = known.elsewhere(asked);
            answer.breaks_after = (asked.before == 0).then_some(100_000);
            Some(answer)
        };
        let scene = Scene::with(model, |_| None, breaks);
        scene.pull().exits(0);
        scene.has(&USUAL);
        let asked = scene.elsewhere.asked();
        let ranges: Vec<_> = asked.iter().map(|asked| asked.header("range")).collect();
        assert_eq!(ranges, [None, Some("bytes=100000-")]);
    }

    #[test]
    fn a_server_without_ranges_is_begun_anew() {
        let model = Repository::usual();
        let known = model.clone();
        let breaks = move |asked: &Asked| {
            let mut all = asked.clone();
            all.headers.remove("range");
            let mut answer = known.elsewhere(&all);
            answer.breaks_after = (asked.before == 0).then_some(100_000);
            Some(answer)
        };
        let scene = Scene::with(model, |_| None, breaks);
        scene.pull().exits(0);
        scene.has(&USUAL);
    }

    #[test]
    fn what_came_is_kept_for_the_next_time() {
        let model = Repository::usual();
        let known = model.clone();
        // Half of the weights, then a refusal; then all is well.
        let breaks = move |asked: &Asked| match asked.before {
            0 => {
                let mut answer = known.elsewhere(asked);
                answer.breaks_after = Some(150_000);
                Some(answer)
            }
            1 => Some(Answer::status(403)),
            _ => None,
        };
        let scene = Scene::with(model, |_| None, breaks);
        scene
            .pull()
            .exits(2)
            .says("cannot fetch `model.safetensors` of `owner/name`")
            .says(&scene.url("model.safetensors"));
        assert_eq!(
            fs::read(scene.partial("model.safetensors")).unwrap(),
            weights()[..150_000]
        );
        let shown = scene.ran(&["list"]).exits(0).stdout;
        assert!(shown.contains("not whole: it lacks weights"), "{shown}");
        assert!(
            shown.contains("150.00 kB  of a file that is not all here"),
            "{shown}"
        );
        scene.pull().exits(0);
        scene.has(&USUAL);
        let last = scene.elsewhere.asked().pop().unwrap();
        assert_eq!(last.header("range"), Some("bytes=150000-"));
    }

    #[test]
    fn a_transfer_that_brings_nothing_more_is_given_up() {
        let model = Repository::usual();
        let known = model.clone();
        let breaks = move |asked: &Asked| {
            let mut answer = known.elsewhere(asked);
            answer.breaks_after = Some(if asked.before == 0 { 1_000 } else { 0 });
            Some(answer)
        };
        let scene = Scene::with(model, |_| None, breaks);
        scene
            .pull()
            .exits(2)
            .says(&format!(
                "cannot fetch `model.safetensors` of `owner/name` from {}",
                scene.url("model.safetensors")
            ))
            .says("hint: is there a network?");
        assert_eq!(scene.elsewhere.asked().len(), 5);
    }

    #[test]
    fn what_comes_damaged_is_thrown_away() {
        for file in ["model.safetensors", "tokenizer.json"] {
            let spoil = move |asked: &Asked, answer: Answer| {
                let wanted = asked.line.starts_with("GET") && asked.line.contains(file);
                wanted.then(|| {
                    let mut answer = answer;
                    answer.body[1] ^= 1;
                    answer
                })
            };
            let model = Repository::usual();
            let (here, there) = (model.clone(), model.clone());
            let scene = Scene::with(
                model,
                move |asked| {
                    let small = !file.ends_with(".safetensors");
                    small.then(|| spoil(asked, here.hub(asked, "http://nowhere")))?
                },
                move |asked| spoil(asked, there.elsewhere(asked)),
            );
            let kind = if file.ends_with(".safetensors") {
                "SHA-256"
            } else {
                "git digest"
            };
            scene
                .pull()
                .exits(2)
                .says(&format!(
                    "`{file}` came damaged from {}: its {kind} is ",
                    scene.url(file)
                ))
                .says(&format!("the hub says {}", scene.model.digest(file)))
                .says("hint: it was thrown away");
            assert!(!scene.blob(file).exists() && !scene.partial(file).exists());
            assert!(!scene.path("snapshots").join(COMMIT).join(file).exists());
            assert!(!scene.path("refs/main").exists());
        }
    }

    #[test]
    fn no_name_leads_out_of_the_cache() {
        let evil = |asked: &Asked| {
            asked.line.contains("/api/").then(|| {
                let mut answer = Answer::status(200);
                answer.body = br#"{"sha": "../../../../escaped", "siblings": []}"#.to_vec();
                answer
            })
        };
        let scene = Scene::with(Repository::usual(), evil, |_| None);
        scene
            .pull()
            .exits(2)
            .says("cannot make sense of the answer of ")
            .says("it calls the commit `../../../../escaped`");
        let page = |_: &Asked| Some(Answer::status(200));
        let scene = Scene::with(Repository::usual(), page, |_| None);
        scene
            .pull()
            .exits(2)
            .says("is it a Hugging Face hub, or a mirror of one (`HF_ENDPOINT`)?");
    }

    #[test]
    fn redirects_end() {
        let round = |asked: &Asked| {
            let path = asked.line.split_once(' ').unwrap().1;
            Some(Answer::status(307).with("location", path))
        };
        let scene = Scene::with(Repository::usual(), round, |_| None);
        scene
            .pull()
            .exits(2)
            .says("it leads elsewhere more than 10 times");
    }

    #[test]
    fn a_hub_that_is_not_there() {
        let desk = Desk::new();
        let pull = |endpoint: &str| {
            let mut command = desk.command(&["models", "pull", "owner/name"]);
            Ran::from(command.env("HF_ENDPOINT", endpoint).output().unwrap()).exits(2)
        };
        pull("http://127.0.0.1:1")
            .says("cannot fetch the list of files of `owner/name` from http://127.0.0.1:1/api/models/")
            .says("hint: is there a network? Behind a proxy set `HTTPS_PROXY`, for a mirror `HF_ENDPOINT`,");
        pull("localhost:8080").says("`HF_ENDPOINT`, set in the environment: `localhost:8080` is no address");
    }
}
