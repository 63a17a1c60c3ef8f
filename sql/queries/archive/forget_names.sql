-- Delete names that no fact gives, or not so. The newest facts are left alone: their copies may be visible first.
delete from content_names
where bitAnd(version, 9223372036854775807) < {before:UInt64} and (contentId, fact, title, folded, version) not in
(
    select
        id, fact, if(fact = 'title', value, ''),
        removeDiacriticsUTF8(caseFoldUTF8(concat(if(fact = 'title', value, ''), '\n', id))), version
    from facts
    where subject = 'content' and fact in ('title', 'type')
)
