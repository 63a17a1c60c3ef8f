-- Delete the plays of contents that nothing was ever counted of. Archive inserts a content here after its counts.
delete from content_plays
where contentId not in (select contentId from rollup)
