"""Sixty texts that have broken somebody's server, page or shell."""

from __future__ import annotations

HOSTILE = (
    # SQL
    "'", "''", '"', "`", "\\", "';--", "' or '1'='1", "'; drop table rollup; --", "1; select sleep(5)",
    "') union all select name, 1 from system.tables --", "{content:String}", "%(content)s", "/* */", "0x00", "$1",
    # shells and paths
    "$(touch /tmp/ran)", "`id`", "| cat /etc/passwd", "; reboot", "../../../../etc/passwd", "/etc/passwd",
    "..%2f..%2f", "C:\\windows\\win.ini", "file:///etc/passwd", "\\\\host\\share", "%00", "~root",
    # pages
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "\"><svg/onload=alert(1)>",
    "<!--", "]]>", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    # templates and formats
    "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "${jndi:ldap://127.0.0.1/a}", "%s%s%s%n", "{0.__class__}",
    "=cmd|' /C calc'!A0", "@SUM(1+1)", "__proto__", "constructor",
    # characters
    "\x00", "\r\nSet-Cookie: a=b", "\n", "\t", "\u202e\u202d", "\ufeff", "\u0000a", "e\u0301\u0327" * 20,
    "\U0001f469\u200d\U0001f680",
    "\u0130\u0131\u00df", "\ud7ff\ue000", "a" * 2_000,
    # numbers
    "NaN", "-1", "1e309", "9" * 40,
)  # fmt: skip
