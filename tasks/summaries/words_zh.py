"""Chinese text -> its words with their parts of speech, by jieba's dictionary in Rust."""


def tagged(text: str) -> list[tuple[str, str]]:
    """The words of *text* in order with jieba's tags: "nr" a person, "ns" a place, "n" a noun."""
    import rjieba  # a quarter of a second and 35 MB, which only Chinese text needs

    return rjieba.tag(text)
