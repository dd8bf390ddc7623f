"""Questions a base does not answer, made of those it does: by leaving their answers out."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.calibration.calibrate import LEFT_OUT, Sample, TooFewError, calibrate, evidence_of
from knowledge.judging.signals import NAMES
from knowledge.query import Query
from tests.knowledge.conftest import TODAY, BaseOf, entry

pytestmark = pytest.mark.usefixtures("few_probes")


def test_a_question_is_also_asked_as_though_its_answer_were_not_there(base_of: BaseOf) -> None:
    base = base_of(
        entry("new", "养犬登记办理", "养犬登记到派出所办理，带免疫证。"),
        entry("renew", "养犬登记续期", "养犬登记每年续期。"),
        entry("other", "护照办理", "护照到出入境大厅办理。"),
    )
    strength = NAMES.index("strength")
    found, without = evidence_of(base, Query("养犬登记怎么办理", TODAY), {"new"})
    assert (found.inside, found.right, found.worth) == (True, True, 1.0)
    assert (without.inside, without.right, without.worth) == (False, False, LEFT_OUT)
    # Not even what is named like it is left: that would answer as well.
    assert without.signals[strength] < found.signals[strength] - 0.5


def test_questions_made_by_leaving_out_are_not_counted_as_labelled() -> None:
    signals = np.zeros(len(NAMES))
    labelled = [Sample(signals, inside=True, right=True)] * 30
    made = [Sample(signals, inside=False, right=False, worth=LEFT_OUT)] * 30
    with pytest.raises(TooFewError, match="现有 30 条"):
        calibrate([*labelled, *made], "labelled")
