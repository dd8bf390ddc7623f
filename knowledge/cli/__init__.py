"""``huiying knowledge``: the keeper's and the editor's commands."""
