import json

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from pressrun.archive.layout import MANIFEST, rendition_name, shown_name
from pressrun.models import Edition
from pressrun.public import public
from renderers.data import JsonRenderer
from scripts.make_docs import edition_schema
from tests.renderers.edition_samples import full_edition


def test_the_edition_for_programs_keeps_to_the_published_schema() -> None:
    (file,) = JsonRenderer().render(full_edition())
    schema = json.loads(edition_schema())
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        json.loads(file.data)
    )
    assert file.media_type == "application/json"


def test_it_reads_back_as_what_readers_may_see_without_any_picture() -> None:
    (file,) = JsonRenderer().render(full_edition())
    assert Edition.model_validate_json(file.data).model_dump(mode="json") == public(
        full_edition()
    ).model_dump(mode="json")
    assert b"data" not in file.data.partition(b'"thumbnail"')[2].partition(b"}")[0]


def test_it_lies_beside_the_manifest_under_another_name_and_has_its_name_in_the_site() -> None:
    (file,) = JsonRenderer().render(full_edition())
    assert rendition_name(file.name) == file.name != MANIFEST
    assert shown_name(file.name) == MANIFEST
    assert shown_name("index.html") == "index.html"
