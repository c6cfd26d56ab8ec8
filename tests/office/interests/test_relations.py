"""Who is related to whom. Without a database."""

from office.interests.relations import relations_of


def test_a_relation_holds_in_both_directions() -> None:
    relations = relations_of([(1, 2, ""), (3, 1, ""), (4, 4, "")])
    assert relations.relatives_of(1) == {2, 3}
    assert relations.relatives_of(2) == {1}
    assert relations.relatives_of(4) == frozenset()


def test_a_partner_is_recognised_however_its_name_is_typed() -> None:
    relations = relations_of([(1, None, "太原华源（集团） 管件ABC"), (2, 3, " ")])
    assert relations.people_with_interest_in("太原华源(集团)管件ａｂｃ") == {1}
    assert relations.people_with_interest_in("") == frozenset()
