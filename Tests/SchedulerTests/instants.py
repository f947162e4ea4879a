"""The instants of cron expressions once more, day by day and by another way, with Python's zoneinfo.

Reads lines `FROM<tab>TO<tab>ZONE<tab>EXPRESSION` (seconds since 1970), writes a line of instants for each: after FROM,
until TO.
"""

import calendar
import datetime
import sys
import zoneinfo

MONTHS = [name.upper() for name in calendar.month_abbr]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def number(text, names):
    return names.index(text.upper()) if text.upper() in names else int(text)


def plain(item, low, high, names, week=False):
    """The values of `*`, `a`, `a-b`, perhaps with `/n`."""
    spread, _, step = item.partition("/")
    if spread == "*":
        first, last = low, high
    elif "-" in spread:
        first, last = (number(end, names) for end in spread.split("-"))
    else:
        first = number(spread, names)
        last = max(first, high) if step else first
    if week and last < first:
        last += 7
    values = range(first, last + 1, int(step or 1))
    return {value % 7 for value in values} if week else set(values)


def values(field, low, high, names=()):
    return set().union(*(plain(item, low, high, list(names)) for item in field.split(",")))


def month_day(item, date):
    """Whether an item of the day of the month means this date."""
    last = calendar.monthrange(date.year, date.month)[1]
    if item == "?":
        return True
    if item == "L":
        return date.day == last
    if item.startswith("L-"):
        return date.day == last - int(item[2:])
    if item.endswith("W"):
        target = last if item == "LW" else int(item[:-1])
        if target > last:
            return False
        # Of the month's weekdays the nearest; of two as near, there is none: Saturday and Sunday lie side by side.
        weekdays = [d for d in range(1, last + 1) if datetime.date(date.year, date.month, d).weekday() < 5]
        return date.day == min(weekdays, key=lambda d: abs(d - target))
    return date.day in plain(item, 1, 31, [])


def week_day(item, date):
    today = (date.weekday() + 1) % 7
    last = calendar.monthrange(date.year, date.month)[1]
    if item == "?":
        return True
    if "#" in item:
        day, _, count = item.partition("#")
        return today == number(day, DAYS) % 7 and (date.day + 6) // 7 == int(count)
    if item.endswith("L"):
        return today == number(item[:-1], DAYS) % 7 and date.day + 7 > last
    return today in plain(item, 0, 6, DAYS, week=True)


def is_day(month_days, week_days, date):
    by_month = any(month_day(item, date) for item in month_days.split(","))
    by_week = any(week_day(item, date) for item in week_days.split(","))
    if month_days[0] in "*?" or week_days[0] in "*?":
        return by_month and by_week
    return by_month or by_week


def wall(instant, zone):
    return (EPOCH + datetime.timedelta(seconds=instant)).astimezone(zone).replace(tzinfo=None, fold=0)


def first(local, zone):
    """The first instant at which clocks show a time, or the first after the gap that it lies in."""
    aware = local.replace(tzinfo=zone, fold=0)
    instant = int((local - aware.utcoffset()).replace(tzinfo=datetime.timezone.utc).timestamp())
    if wall(instant, zone) != local:
        for step in (3600, 60, 1):
            while wall(instant - step, zone) > local:
                instant -= step
    return instant


def instants(start, end, zone, expression):
    minute, hour, month_days, month, week_days = expression.split()
    minutes = sorted(values(minute, 0, 59))
    hours = sorted(values(hour, 0, 23))
    months = values(month, 1, 12, MONTHS)
    date = wall(start, zone).date() - datetime.timedelta(days=2)
    final = wall(end, zone).date() + datetime.timedelta(days=2)
    found = []
    while date <= final:
        if date.month in months and is_day(month_days, week_days, date):
            for h in hours:
                for m in minutes:
                    instant = first(datetime.datetime(date.year, date.month, date.day, h, m), zone)
                    if start < instant <= end and found[-1:] != [instant]:
                        found.append(instant)
        date += datetime.timedelta(days=1)
    return found


def main():
    try:
        zoneinfo.ZoneInfo("Asia/Seoul")
    except zoneinfo.ZoneInfoNotFoundError:
        sys.exit("python3 finds no time zones")
    for line in sys.stdin:
        start, end, zone, expression = line.rstrip("\n").split("\t")
        found = instants(int(start), int(end), zoneinfo.ZoneInfo(zone), expression)
        print(" ".join(map(str, found)))


main()
