"""How a paper wants its editions drawn, as its settings stand now (pure)."""

from pressrun.models import Edition, Style
from settings import PaperSettings


def styled(edition: Edition, paper: PaperSettings | None) -> Edition:
    """*edition* in the style of *paper*; as it is where the settings have no such paper any more.

    A printing that is only drawn again gets today's style, too.
    """
    if paper is None:
        return edition
    style = Style(theme=paper.theme, frame=paper.frame, pdf_evidence=paper.pdf_evidence)
    return edition.model_copy(update={"style": style, "sections": paper.sections})
