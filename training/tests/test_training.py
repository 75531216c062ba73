"""Gluing, labels, metrics and the exported graph, on made-up material."""

import numpy as np
import onnxruntime
import pytest
import torch

from training import labels
from training.batches import Say, collate, glued, masked, names, packed
from training.data import Example, spell, token_owners
from training.evaluate import own
from training.export import folded, trunk_graph
from training.facts import FACTS, PREDICATES, taught
from training.losses import Answers, answers, gold, mean, soft
from training.metrics import entity_counts, entity_f1, kept_f1, macro_f1, mentions
from training.model import ENTITY, STANCE, Model, Trunk
from training.predict import best_path
from training.quantize import PRODUCT_LIMIT, divisors, quantized, scaled, settled
from training.soup import soup
from training.text import MASK, UPPER, encode, recased


def test_glued_texts_read_as_one_text():
    a = Example(encode("Ann met Bo."), stance=[([1], 2)])
    b = Example(encode("Bo left Rome."), stance=[([3], 0)])
    both = glued(a, b)
    whole = encode("Ann met Bo. Bo left Rome.")
    assert both.tokens == whole
    assert both.stance == [([1], 2), (whole.covered(20, 24), 0)]


def test_texts_of_different_sentiment_are_not_glued():
    a, b = (Example(encode("So it is."), sentiment=label, score=0.0) for label in (0, 2))
    assert glued(a, b) is None


def test_masked_mentions_keep_their_places_and_labels():
    text = "Ann met Bo, and Bo left."
    example = Example(encode(text), stance=[(encode(text).covered(8, 10), 0)])
    hidden = masked(example)
    assert hidden.stance == example.stance
    changed = [i for i, (a, b) in enumerate(zip(hidden.tokens.ids, example.tokens.ids, strict=True)) if a != b]
    assert changed == example.stance[0][0]
    assert {hidden.tokens.ids[i] for i in changed} == {MASK}


def test_recased_is_the_encoding_of_the_text_in_that_case():
    encoded = encode("A deal with the EU, 3D and Åsa")
    assert recased(encoded, upper=True).types == encode(encoded.text.upper()).types
    assert recased(encoded, upper=False).types == encode(encoded.text.lower()).types
    assert UPPER in recased(encoded, upper=True).types


def test_each_word_piece_knows_its_data_token():
    text, spans = spell(["The", "6,700", "-", "km", "Nile"])
    encoded = encode(text)
    owners = token_owners(encoded, spans)
    assert owners[0] == owners[-1] == -1
    assert [owners.count(o) for o in range(5)] == [1, len(encode("6,700")) - 2, 1, 1, 1]


def test_figures_by_hand():
    assert kept_f1([1, 1, 0, 0], [1, 0, 1, 0]) == 0.5
    # F1 of the classes: 2/3, 2/3, 1.
    assert macro_f1(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])) == pytest.approx(7 / 9)
    assert mentions(["B-PER", "I-PER", "O", "I-LOC", "B-LOC"]) == {(0, 1, "PER"), (3, 3, "LOC"), (4, 4, "LOC")}
    counts = entity_counts(["B-PER", "I-PER", "B-MISC"], ["B-PER", "O", "B-MISC"], ("PER", "ORG", "LOC"))
    assert counts.tolist() == [0, 1, 1]
    assert entity_f1(np.array([[1, 2, 2], [1, 1, 2]])) == pytest.approx(4 / 7)


def test_best_path_never_begins_inside():
    scores = np.zeros((3, len(ENTITY)))
    scores[:, ENTITY.index("I-PER")] = 5
    assert [ENTITY[i] for i in best_path(scores, ENTITY)] == ["B-PER", "I-PER", "I-PER"]


def test_scales_are_one_a_channel_and_within_the_limit():
    values, scale = scaled(np.array([[1.0, -30.0], [0.5, 15.0]], np.float32), axis=0, limit=64)
    assert np.abs(values).max() <= 64
    assert np.allclose(values * scale, [[1.0, -30.0], [0.5, 15.0]], rtol=0.05)


def test_outstanding_channels_are_divided_and_no_others():
    assert divisors(np.array([1.0, 2.0, 0.5, 30.0, 1.0], np.float32)).tolist() == [1, 1, 1, 15, 1]


def test_settled_weights_keep_the_products_better_than_rounded_ones():
    draw = np.random.default_rng(5)
    inputs = draw.normal(size=(500, 8)) @ draw.normal(size=(8, 32)) + 0.1 * draw.normal(size=(500, 32))
    matrix = draw.normal(size=(32, 16)).astype(np.float32)
    plain, scale = scaled(matrix, axis=0, limit=PRODUCT_LIMIT)
    values, same = settled(matrix, inputs.T @ inputs)
    assert (scale == same).all()
    assert np.abs(values).max() <= PRODUCT_LIMIT

    def lost(q: np.ndarray) -> float:
        return float(np.abs(inputs @ (q * scale - matrix)).mean())

    assert lost(values) < 0.6 * lost(plain)


def test_rows_hold_every_text_once_and_none_overlap():
    lengths = [100, 40, 250, 30, 170, 9]
    starts, rows, width = packed(lengths)
    taken = [start + i for start, length in zip(starts, lengths, strict=True) for i in range(length)]
    assert len(set(taken)) == len(taken)
    assert all(start // width == (start + n - 1) // width for start, n in zip(starts, lengths, strict=True))
    assert rows == 3


def test_neighbours_in_a_row_do_not_reach_the_states():
    torch.manual_seed(1)
    model = Model(Trunk(0.0), 0.0).eval()
    short = Example(encode("Bo left."), stance=[([1], 2)])
    long = Example(encode("Ann met Bo in Rome on a rainy day."), stance=[([1], 0)])
    with torch.no_grad():
        together = answers(model, collate([long, short], [Say()] * 2))
        alone = answers(model, collate([short], [Say()]))
    assert torch.allclose(together.stance[1], alone.stance[0], atol=1e-4)
    assert torch.allclose(together.sentiment[1], alone.sentiment[0], atol=1e-4)


def test_a_batch_has_every_label_where_it_belongs():
    directed = [([1], [3], 0), ([3], [1], 2)]
    held = Example(encode("Ann blamed Bo."), stance=[([3], 0), ([1], 2)], directed=directed)
    plain = Example(encode("Then Ann met Bo."), sentiment=2, score=0.5)
    batch = collate([plain, held], [Say(score=2.0), Say(stance=0.2)])
    start = int((batch.text.flatten() == 1).nonzero()[0])
    spans = [batch.pooled[batch.span == n].tolist() for n in range(int(batch.span.max()) + 1)]
    assert [spans[n] for n in batch.holder] == [[start + 1], [start + 3]]
    assert [spans[n] for n in batch.mention[batch.held]] == [[start + 3], [start + 1]]
    assert batch.stance.tolist() == [-100, -100, 0, 2]  # Ann and Bo of the first text are mentions without a label.
    assert batch.stance[batch.held].tolist() == [0, 2]
    assert batch.stance_weight.tolist()[2:] == pytest.approx([0.2, 0.2])
    assert batch.sentiment.tolist() == [2, -100]


def test_names_are_runs_of_capitalised_words_but_not_the_first_word():
    tokens = encode("Then Angela Merkel met NATO staff.")
    assert [tokens.text[tokens.spans[r[0]][0] : tokens.spans[r[-1]][1]] for r in names(tokens)] == [
        "Angela Merkel",
        "NATO",
    ]


def test_the_soft_loss_is_nothing_between_equal_answers_and_grows_with_their_distance():
    def made(shift: float) -> Answers:
        classes = torch.tensor([[0.5 + shift, -1.0, 0.2]])
        row = torch.tensor([0.3 + shift])
        return Answers(classes, row, classes, classes, row, classes, row)

    assert soft(made(0.0), made(0.0)).item() == pytest.approx(0.0, abs=1e-6)
    assert 0 < soft(made(0.1), made(0.0)) < soft(made(1.0), made(0.0))
    assert soft(mean([made(0.0), made(0.2)]), made(0.1)).item() == pytest.approx(0.0, abs=1e-6)


def test_the_gold_loss_falls_when_a_model_learns_a_batch():
    torch.manual_seed(4)
    model = Model(Trunk(0.0), 0.0)
    tokens = encode("Ann praised Bo. He smiled.")
    examples = [
        Example(tokens, stance=[([3], 2)]),
        Example(tokens, sentiment=2, score=0.4),
        Example(tokens, keep=[-100] + [1] * (len(tokens) - 2) + [-100]),
        Example(tokens, entity=[1 if i == 1 else 0 for i in range(len(tokens))]),
        Example(tokens, salience=[([1, 2, 3, 4], 1.0), ([5, 6, 7], 0.0)]),
    ]
    batch = collate(examples, [Say()] * len(examples))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    found = []
    for _ in range(8):
        loss = gold(answers(model, batch), batch, smoothing=0.0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    assert found[-1] < 0.5 * found[0]


def test_no_plain_fact_is_taught_fitted_and_tested():
    tested = {row["text"] for row in own("plain-facts.stance")}
    fitted, learned = ({text for text, _ in facts} for facts in (FACTS, taught()))
    assert not tested & fitted
    assert not (tested | fitted) & learned
    assert all(text.startswith(subject) for text, subject in taught())
    assert not any(predicate in text for predicate in PREDICATES for text in tested | fitted)


def test_no_fact_and_no_deed_of_the_tests_is_trained_on():
    trained = {text for text, _ in FACTS} | {text for text, _ in taught()}
    assert not trained & {row["text"] for row in own("deeds.stance")}


def test_a_soup_of_two_models_averages_trunks_and_answers_with_both_heads():
    torch.manual_seed(6)
    first, second = Model(Trunk(0.0), 0.0).eval(), Model(Trunk(0.0), 0.0).eval()
    second.trunk.load_state_dict(first.trunk.state_dict())
    both = Model.of(soup(first.state_dict(), second.state_dict(), 0.3, beside=True)).eval()
    batch = collate([Example(encode("Ann praised Bo."), stance=[([3], 2)])], [Say()])
    with torch.no_grad():
        one, other, mixed = (answers(model, batch) for model in (first, second, both))
    assert torch.allclose(mixed.stance, (one.stance + other.stance) / 2, atol=1e-5)
    assert torch.allclose(mixed.sentiment, (one.sentiment + other.sentiment) / 2, atol=1e-5)
    second.trunk.words.weight.data += 1.0
    mixed = soup(first.state_dict(), second.state_dict(), 0.3, beside=True)
    assert torch.allclose(mixed["trunk.words.weight"], first.trunk.words.weight + 0.7, atol=1e-5)


def test_the_exported_graph_gives_the_states_of_the_model():
    torch.manual_seed(2)
    trunk = Trunk(0.0).eval()
    graph = trunk_graph(folded({n: p.numpy() for n, p in trunk.state_dict().items()}))
    encoded = encode("NATO met in Rome, said Ann.")
    ids, types = np.array([encoded.ids]), np.array([encoded.types])
    with torch.no_grad():
        wanted = trunk(torch.from_numpy(ids), torch.from_numpy(types))[0].numpy()
    for made, share in ((graph, 0.0001), (quantized(graph, [encoded]), 0.2)):
        session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
        given = session.run(None, {"input_ids": ids, "token_type_ids": types})[0][0]
        assert np.abs(given - wanted).mean() <= share * np.abs(wanted).mean()


@pytest.mark.parametrize("source", [*labels.TAUGHT, labels.NEWSWIRE])
def test_labels_of_our_own_find_their_texts(source, monkeypatch):
    lines = [line.split("\t") for line in (labels.LABELS / f"{source}.tsv").read_text(encoding="utf-8").splitlines()]
    names = [name for name, _ in lines]
    assert len(set(names)) == len(names)
    monkeypatch.setattr(labels, "texts", lambda _: dict.fromkeys(names, "x" * 2_000))
    rows = labels.rows(source)
    assert len(rows) == sum(len(spans.split(" ")) for _, spans in lines)
    assert all(0 <= row["start"] < row["end"] <= 2_000 for row in rows)
    assert {row["label"] for row in rows} == set(STANCE)


def test_ratings_are_emobanks(monkeypatch):
    """Valence of 1 to 5 becomes a score of -1 to 1, polar beyond a quarter of a step; test texts are no train texts."""
    lines = [line.split("\t") for line in (labels.LABELS / "valence.tsv").read_text(encoding="utf-8").splitlines()]
    assert len({(source, name) for source, name, _ in lines}) == len(lines)
    assert all(1 <= float(valence) <= 5 for *_, valence in lines)
    monkeypatch.setattr(labels, "texts", lambda source: {name: f"{source} {name}" for s, name, _ in lines if s == source})
    rows = labels.rated(held_out=False) + labels.rated(held_out=True)
    assert len(rows) == sum(source != labels.NEWSWIRE for source, *_ in lines)
    assert not {r["text"] for r in rows} & {r["text"] for r in labels.ratings((labels.NEWSWIRE,))}
    for row in rows:
        assert row["label"] == ("negative" if row["score"] < -0.125 else "positive" if row["score"] > 0.125 else "neutral")


def test_ratings_of_sentences_find_their_passages(monkeypatch):
    """Sentences follow each other through their passage; the best of it is to carry the most; test passages are no train passages."""
    lines = [line.split("\t") for line in (labels.LABELS / "salience.tsv").read_text(encoding="utf-8").splitlines()]
    assert len({(source, name) for source, name, *_ in lines}) == len(lines)
    monkeypatch.setattr(labels, "passage", lambda source, name: f"{source} {name} ".ljust(4_000, "x"))
    rows = labels.salient(held_out=False) + labels.salient(held_out=True)
    assert len(rows) == sum(source != labels.NEWSWIRE for source, *_ in lines)
    assert not {r["text"] for r in rows} & {r["text"] for r in labels.passages((labels.NEWSWIRE,))}
    for row in rows:
        ratings = [rating for *_, rating in row["sentences"]]
        assert row["sentences"][0][0] == 0 and all(start < end for start, end, _ in row["sentences"])
        assert len(ratings) > 1 and max(ratings) == 3
        assert labels.carried(row).index(max(labels.carried(row))) == ratings.index(3)
        assert all(0 <= carries <= 1 for carries in labels.carried(row))


def test_a_habit_of_readers_is_not_learned():
    """Labels that lean to neutral ask less of the head where the lean is told."""
    tokens = encode("Ann praised Bo.")
    examples = [Example(tokens, stance=[([3], 1)]), Example(tokens, salience=[([1, 2, 3], 1.0)])]
    batch = [collate(examples, [say, Say()]) for say in (Say(), Say(lean=(0.0, 2.0, 0.0)))]
    torch.manual_seed(2)
    given = answers(Model(Trunk(0.0), 0.0).eval(), batch[0])
    assert gold(given, batch[1], 0.0) < gold(given, batch[0], 0.0)
