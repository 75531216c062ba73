//! How bytes become text.

use super::*;

#[test]
fn plain_text_stays_as_it_is() {
    check(
        "a.txt",
        "https://example.org/\r\n\r\nOne “line”.\r\n",
        &[Ok("https://example.org/\r\n\r\nOne “line”.\r\n")],
    );
    check("a.txt", "\u{feff}Once.", &[Ok("Once.")]);
    check("a.txt", "", &[Err((0, "empty"))]);
    check("a.txt", "\u{feff} \r\n\u{a0}", &[Err((0, "empty"))]);
    let long = "word ".repeat(200_000);
    check("a.txt", &long, &[Ok(&long)]);
}

#[test]
fn encodings_are_told_from_the_bytes() {
    let text = "Él dijo “no” — ¿de verdad? 🦀\r\n";
    for mark in [true, false] {
        check("a.txt", utf16(text, mark, u16::to_le_bytes), &[Ok(text)]);
        check("a.txt", utf16(text, mark, u16::to_be_bytes), &[Ok(text)]);
    }
    let russian = "Он сказал, что это не так. Мы не знаем, кто это был, и почему.";
    check("a.txt", utf16(russian, false, u16::to_le_bytes), &[Ok(russian)]);
    check(
        "a.txt",
        b"\x93Caf\xe9,\x94 she said \x96 it\x92s \x80 5.",
        &[Ok("“Café,” she said – it’s € 5.")],
    );
    let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(russian);
    check("a.txt", bytes, &[Ok(russian)]);
    let japanese = "これは日本語の文章です。新聞の記事を読みます。";
    let (bytes, ..) = encoding_rs::SHIFT_JIS.encode(japanese);
    check("a.txt", bytes, &[Ok(japanese)]);
}

#[test]
fn what_is_no_text_is_said_to_be_none() {
    check("a.txt", b"text with a \0 in it", &[Err((0, "binary file"))]);
    check(
        "a.txt",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0",
        &[Err((0, "binary file"))],
    );
    check("a.txt", b"%PDF-1.7 plain enough", &[Err((0, "binary file"))]);
    check(
        "a.txt",
        (0..=255).collect::<Vec<u8>>(),
        &[Err((0, "binary file"))],
    );
    let damaged = "Où étiez-vous ? À la fenêtre, là-bas.".as_bytes();
    let at = damaged.len();
    let reason = format!("undecodable as UTF-8 from byte {at}; pass `--encoding` with the file's own");
    check("a.txt", [damaged, b"\xc3"].concat(), &[Err((0, &reason))]);
    let odd = [utf16("ab", true, u16::to_le_bytes), vec![0x00, 0xd8, b'c', 0]].concat();
    let reason = "undecodable as UTF-16LE from byte 6; pass `--encoding` with the file's own";
    check("a.txt", odd, &[Err((0, reason))]);
}

#[test]
fn the_user_may_say_the_encoding() {
    let reading = |encoding| Reading {
        encoding: Some(encoding),
        ..Reading::default()
    };
    let koi8 = encoding_rs::KOI8_R.encode("Да").0;
    assert_eq!(
        read("a.txt", &koi8, reading(encoding_rs::KOI8_R))[0]
            .as_ref()
            .unwrap()
            .text,
        "Да"
    );
    let failed = read("a.txt", b"abc \xff", reading(encoding_rs::UTF_8));
    assert_eq!(
        failed[0].as_ref().unwrap_err().reason,
        Reason::Undecodable {
            encoding: "UTF-8",
            byte: 4
        }
    );
    // A byte order mark knows better.
    let marked = utf16("Да", true, u16::to_be_bytes);
    assert_eq!(
        read("a.txt", &marked, reading(encoding_rs::KOI8_R))[0]
            .as_ref()
            .unwrap()
            .text,
        "Да"
    );
}
