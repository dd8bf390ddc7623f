"""Photos, videos, voice and papers people send: checked, cleaned, kept once, shown by signed links.

What comes in is believed for its content only, never for its name or announced type. Bytes are
kept as files, named by the digest of what is kept, in one folder that every gateway sees
(``attachments.folder``, in the data folder by default): a video in the database would hold up its
one writer, and make each backup of it as large as all photos ever sent. The database knows which
files there are and what uses them; what nothing uses any more is swept away.
"""
