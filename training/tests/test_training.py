"""Gluing, labels, metrics and the exported graph, on made-up material."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from training.aware import WORDS, View
from training.batches import glued, masked, tensors
from training.data import Example, spell, token_owners
from training.export import folded, trunk_graph
from training.metrics import entity_counts, entity_f1, kept_f1, macro_f1, mentions
from training.model import ENTITY, Model, Trunk
from training.predict import best_path
from training.quantize import quantized, scaled
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


def test_padding_does_not_reach_the_states():
    torch.manual_seed(1)
    model = Model(Trunk(0.0)).eval()
    short, long = Example(encode("Bo left.")), Example(encode("Ann met Bo in Rome on a rainy day."))
    ids, types, mask = tensors([short, long])
    with torch.no_grad():
        together = model(ids, types, mask)[0, : len(short.tokens)]
        alone = model(*tensors([short]))[0]
    assert torch.allclose(together, alone, atol=1e-4)


def test_the_exported_graph_gives_the_states_of_the_model():
    torch.manual_seed(2)
    trunk = Trunk(0.0).eval()
    graph = trunk_graph(folded({n: p.numpy() for n, p in trunk.state_dict().items()}))
    encoded = encode("NATO met in Rome, said Ann.")
    feed = {"input_ids": np.array([encoded.ids]), "token_type_ids": np.array([encoded.types])}
    with torch.no_grad():
        wanted = trunk(*tensors([Example(encoded)])[:2])[0].numpy()
    for made, share in ((graph, 0.0001), (quantized(graph), 0.2)):
        session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
        given = session.run(None, feed)[0][0]
        assert np.abs(given - wanted).mean() <= share * np.abs(wanted).mean()


def test_quantization_aware_training_sees_the_numbers_of_the_int8_engine():
    torch.manual_seed(3)
    model = Model(Trunk(0.0)).eval()
    texts = [encode("NATO met in Rome, said Ann."), encode("Nobody there knew what the long talks had been about.")]
    view, depth = View(model), 2
    seen, plain = [], []
    for found, trunk in ((seen, view.model.trunk), (plain, model.trunk)):
        # A value on the edge between two steps may fall to either side, and deeper layers multiply that: compare early.
        trunk.layers[depth - 1].register_forward_hook(lambda _m, _i, states, found=found: found.append(states.numpy()))
        with torch.no_grad():
            trunk(*tensors([Example(encoded) for encoded in texts]))
    graph = quantized(trunk_graph(folded({n: p.numpy() for n, p in model.trunk.state_dict().items()})))
    name = f"layers.{depth - 1}.norm2.norm"
    graph.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    for row, encoded in enumerate(texts):
        feed = {"input_ids": np.array([encoded.ids]), "token_type_ids": np.array([encoded.types])}
        engine = session.run([name], feed)[0][0]
        lost = np.abs(plain[0][row, : len(encoded)] - engine).mean()
        assert lost > 0.005
        assert np.abs(seen[0][row, : len(encoded)] - engine).mean() < 0.02 * lost


def test_a_view_follows_the_weights_it_was_made_of():
    model = Model(Trunk(0.0))
    view, name = View(model), "trunk.layers.2.inner.weight"
    before = view.parts[name].clone()
    with torch.no_grad():
        model.get_parameter(name).add_(0.01)
        model.get_parameter(WORDS)[7] += 1.0
    view.renew(torch.tensor([7, 7]))
    assert not torch.equal(view.parts[name], before)
    assert torch.allclose(view.parts[WORDS][7], model.get_parameter(WORDS)[7], atol=0.02)
    assert view.parts["heads.stance.out.weight"].data_ptr() == model.get_parameter("heads.stance.out.weight").data_ptr()
