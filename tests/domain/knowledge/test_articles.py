"""Articles: versions, languages, a second reader; what is found and offered."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.kit.scope import scope
from hearwell.knowledge import queries, services
from hearwell.knowledge.models import Article, ArticleVersion
from hearwell.knowledge.rules import BadReplyError
from hearwell.knowledge.services import BadArticleError, BadMacroError, MacroFacts, Words
from tests.characters import _member
from tests.factories import make_case, make_channel

BAG = Words("en", "Delayed bags", "We trace every bag.", "Sorry, {customer.first_name|there}.")


@pytest.fixture
def lead(workspace: Workspace) -> User:
    return _member(workspace, "Lea Lund", "lead", "LL")


def published(workspace: Workspace, words: Words, by: User, reader: User, **more) -> ArticleVersion:
    version = services.begin_article(workspace.id, words, by=by, **more)
    services.submit(version.id, by=by)
    return services.approve(version.id, by=reader)


def test_a_draft_is_offered_to_nobody(workspace, bob):
    services.begin_article(workspace.id, BAG, by=bob, is_public=True)
    assert queries.saved_replies(workspace.id) == []
    assert queries.help_articles(workspace.id) == []


def test_somebody_else_reads_it_first(workspace, alice, bob, lead):
    version = services.begin_article(workspace.id, BAG, by=lead)
    services.submit(version.id, by=lead)
    with pytest.raises(BadArticleError, match="somebody else"):
        services.approve(version.id, by=lead)
    services.send_back(version.id, "Say how long it takes.", by=alice)
    version.refresh_from_db()
    assert (version.state, version.remark) == ("draft", "Say how long it takes.")
    services.submit(version.id, by=lead)
    services.approve(version.id, by=alice)
    assert [one.title for one in queries.saved_replies(workspace.id)] == ["Delayed bags"]
    assert AuditRow.objects.filter(action="article.published").count() == 1


def test_nobody_publishes_what_they_wrote_at_though_another_wrote_last(workspace, alice, bob, lead):
    version = services.begin_article(workspace.id, BAG, by=lead)
    services.write(version.article_id, BAG, by=bob)
    with pytest.raises(BadArticleError, match="somebody else"):
        services.approve(version.id, by=lead)
    assert services.approve(version.id, by=alice).state == "published"


def test_who_is_alone_may_publish_their_own(workspace, alice):
    version = services.begin_article(workspace.id, BAG, by=alice)
    assert services.approve(version.id, by=alice).state == "published"


def test_a_change_is_a_version_and_the_old_one_holds_until_it_is_read(workspace, bob, lead):
    first = published(workspace, BAG, bob, lead)
    newer = services.write(
        first.article_id, Words("en", "Delayed bags", "New.", "New reply"), by=bob
    )
    assert newer.number == 2
    assert [one.reply for one in queries.saved_replies(workspace.id)] == [BAG.reply]
    again = services.write(first.article_id, Words("en", "Delayed bags", "Newer.", "N"), by=bob)
    assert again.id == newer.id
    services.approve(newer.id, by=lead)
    assert [one.reply for one in queries.saved_replies(workspace.id)] == ["N"]
    states = ArticleVersion.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == ["superseded", "published"]
    with pytest.raises(BadArticleError, match="no draft"):
        services.approve(newer.id, by=lead)


def test_writing_on_takes_it_back_from_review(workspace, bob):
    version = services.begin_article(workspace.id, BAG, by=bob)
    services.submit(version.id, by=bob)
    assert queries.to_review(workspace.id) == 1
    services.write(version.article_id, BAG, by=bob)
    assert queries.to_review(workspace.id) == 0


def test_languages_stand_side_by_side_and_the_customers_comes_first(workspace, bob, lead):
    first = published(workspace, BAG, bob, lead)
    german = services.write(
        first.article_id, Words("DE", "Verspätetes Gepäck", "x", "Hallo"), by=bob
    )
    services.approve(german.id, by=lead)
    found = queries.saved_replies(workspace.id, language="de")
    assert [one.language for one in found] == ["de", "en"]
    chosen = queries.reply_of(workspace.id, first.article_id, "de")
    other = queries.reply_of(workspace.id, first.article_id, "fr")
    assert chosen is not None
    assert other is not None
    assert (chosen.reply, other.language) == ("Hallo", "de")


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (Words("en", " ", "x"), BadArticleError, "title"),
        (Words("", "T", "x"), BadArticleError, "language"),
        (Words("en", "T"), BadArticleError, "both are empty"),
        (Words("en", "T", reply="{customer.nam|x}"), BadReplyError, "There is no"),
        (Words("en", "T", body="x" * 50_001), BadArticleError, "50000"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(workspace, bob, words, error, said):
    with pytest.raises(error, match=said):
        services.begin_article(workspace.id, words, by=bob)
    assert not Article.objects.exists()


def test_one_version_of_a_language_is_published(workspace, bob, lead):
    first = published(workspace, BAG, bob, lead)
    newer = services.write(first.article_id, BAG, by=bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleVersion.objects.filter(id=newer.id).update(state="published")


def test_what_was_taken_out_is_offered_to_nobody_and_can_come_back(workspace, bob, lead):
    first = published(workspace, BAG, bob, lead, is_public=True)
    services.retire(first.article_id, by=lead)
    assert queries.saved_replies(workspace.id) == queries.help_articles(workspace.id) == []
    with pytest.raises(BadArticleError, match="taken out"):
        services.write(first.article_id, BAG, by=bob)
    services.retire(first.article_id, by=lead, is_retired=False)
    assert len(queries.saved_replies(workspace.id)) == 1


def test_search_finds_as_one_types_and_the_used_come_first(workspace, bob, lead):
    one = published(workspace, Words("en", "Bag late", reply="a"), bob, lead)
    two = published(workspace, Words("en", "Bag lost", reply="b"), bob, lead)
    case = make_case("hello", make_channel())
    services.note_use(workspace.id, two.id, case.id, bob.id)
    assert [v.id for v in queries.saved_replies(workspace.id, "ba")] == [two.id, one.id]
    assert [v.id for v in queries.saved_replies(workspace.id, "bag la")] == [one.id]
    (row, _other) = sorted(queries.library(workspace.id), key=lambda row: -row.uses)
    assert (row.article.name, row.uses) == ("Bag lost", 1)


def test_only_what_is_public_stands_on_the_help_page(workspace, bob, lead):
    published(workspace, BAG, bob, lead)
    shown = published(workspace, Words("en", "Refunds", "Within a week"), bob, lead, is_public=True)
    published(workspace, Words("en", "Only a reply", reply="x"), bob, lead, is_public=True)
    assert [one.id for one in queries.help_articles(workspace.id)] == [shown.id]
    assert queries.help_articles(workspace.id, "nothing") == []
    assert [v.id for v in queries.help_article(workspace.id, "refunds")] == [shown.id]
    assert queries.help_article(workspace.id, "delayed-bags") == []


def test_slugs_are_never_shared(workspace, bob):
    ids = {services.begin_article(workspace.id, BAG, by=bob).article_id for _ in range(3)}
    slugs = set(Article.objects.filter(id__in=ids).values_list("slug", flat=True))
    assert slugs == {"delayed-bags", "delayed-bags-2", "delayed-bags-3"}


def test_two_of_one_title_at_one_instant_are_two(workspace, bob, monkeypatch):
    services.begin_article(workspace.id, BAG, by=bob)
    monkeypatch.setattr("hearwell.knowledge.services.writing.slugify", lambda _: "delayed-bags")
    blind = Article.objects.none()
    with monkeypatch.context() as patch:
        patch.setattr(Article.objects, "filter", lambda **_: blind)
        other = services.begin_article(workspace.id, BAG, by=bob)
    assert other.article.slug.startswith("delayed-bags-")


def test_another_workspace_knows_nothing(workspace, bob, lead, other_workspace):
    first = published(workspace, BAG, bob, lead, is_public=True)
    with scope(other_workspace.id):
        assert queries.saved_replies(other_workspace.id) == []
        assert queries.reply_by_id(other_workspace.id, first.id) is None
        with pytest.raises(ArticleVersion.DoesNotExist):
            services.submit(first.id, by=bob)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (MacroFacts("  ", tags=["x"]), "a name"),
        (MacroFacts("Nothing"), "does nothing"),
        (MacroFacts("Both", snooze="1h", close_reason="solved"), "at once"),
        (MacroFacts("Many", tags=[f"t{n}" for n in range(11)]), "at most 10"),
        (MacroFacts("Gone", article_id=Article().id), "no longer there"),
    ],
)
def test_macros_that_make_no_sense_are_refused(workspace, lead, facts, said):
    with pytest.raises(BadMacroError, match=said):
        services.save_macro(workspace.id, facts, by=lead)
    assert queries.macros(workspace.id) == []


def test_macros_are_named_once_changed_and_removed(workspace, lead):
    macro = services.save_macro(workspace.id, MacroFacts("Late bag", tags=["bag"]), by=lead)
    with pytest.raises(BadMacroError, match="of that name"):
        services.save_macro(workspace.id, MacroFacts("late BAG", tags=["x"]), by=lead)
    changed = MacroFacts("Late bag", tags=["bag", " bag ", "late"], assign="me")
    services.save_macro(workspace.id, changed, by=lead, macro_id=macro.id)
    (kept,) = queries.macros(workspace.id)
    assert (kept.tags, kept.assign) == (["bag", "late"], "me")
    services.remove_macro(workspace.id, macro.id, by=lead)
    services.remove_macro(workspace.id, macro.id, by=lead)
    assert queries.macros(workspace.id) == []
