//@ exit = 0
// Covers: DateTime, DateOnly, TimeOnly, TimeSpan, DateTimeOffset — arithmetic, calendar rules, formatting and parsing, invariant.
using System;
using System.Globalization;

class Program
{
    static void Main()
    {
        var d = new DateTime(2024, 2, 29, 13, 5, 9, 87, DateTimeKind.Utc);
        foreach (string f in new[] { "d", "D", "f", "g", "G", "M", "o", "R", "s", "t", "T", "u", "Y", "yyyy-MM-dd HH:mm:ss.fff", "ddd dd MMM yy h:mm tt", "dddd, MMMM d", "%d", "HH'h'mm", "yyyyMMddTHHmmssK", "FFF" })
            Console.WriteLine($"{f}: {d.ToString(f, CultureInfo.InvariantCulture)}");
        Console.WriteLine($"{d.AddYears(1):d} {d.AddMonths(12):d} {d.AddMonths(-1):d} {d.AddDays(1):d} {d.AddHours(11):u} {new DateTime(2023, 12, 31).AddTicks(-1):O}");
        Console.WriteLine($"{d.DayOfWeek} {d.DayOfYear} {DateTime.IsLeapYear(1900)} {DateTime.IsLeapYear(2000)} {DateTime.DaysInMonth(2023, 2)} {d.Ticks} {d.TimeOfDay} {d.Date:s}");
        Console.WriteLine($"{(d - new DateTime(2000, 1, 1)).TotalDays:F4} {d > DateTime.UnixEpoch} {DateTime.MaxValue:O} {DateTime.MinValue.DayOfWeek} {d.CompareTo(d.AddTicks(1))} {d == d.ToUniversalTime()}");
        foreach (string s in new[] { "2024-02-29", "2024-02-29T10:20:30Z", "02/29/2024 10:20", "29 Feb 2024", "Thu, 29 Feb 2024 10:20:30 GMT", "2023-02-29", "garbage", "10:20" })
            Console.Write(DateTime.TryParse(s, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault, out var parsed) ? $"{parsed:s} " : "no ");
        Console.WriteLine();
        Console.WriteLine($"{DateTime.ParseExact("29.02.24", "dd.MM.yy", CultureInfo.InvariantCulture):yyyy-MM-dd} {DateTime.TryParseExact("1/1/24", "MM/dd/yyyy", null, DateTimeStyles.None, out _)}");
        try { _ = new DateTime(2023, 2, 29); } catch (ArgumentOutOfRangeException e) { Console.WriteLine(e.Message); }
        try { _ = DateTime.MaxValue.AddDays(1); } catch (ArgumentOutOfRangeException) { Console.WriteLine("past the end"); }

        var t = new TimeSpan(1, 2, 3, 4, 5);
        Console.WriteLine($"{t} {t:c} {t:g} {t:G} {t:hh\\:mm} {t:d\\.hh} {-t} {t.TotalHours:F3} {t.Milliseconds} {t * 2} {t / 2} {TimeSpan.FromSeconds(0.001)} {TimeSpan.MinValue} {t.Duration() == (-t).Duration()}");
        var day = new DateOnly(2024, 12, 31);
        var time = new TimeOnly(23, 59, 30);
        Console.WriteLine($"{day:O} {day.AddDays(1)} {day.DayNumber} {time} {time.Add(TimeSpan.FromMinutes(1)):T} {time.IsBetween(new(23, 0), new(1, 0))} {day.ToDateTime(time):s} {time - new TimeOnly(0, 30):g}");
        var o = new DateTimeOffset(2024, 6, 1, 12, 0, 0, TimeSpan.FromHours(-7));
        Console.WriteLine($"{o} {o:u} {o.UtcDateTime:s} {o.ToOffset(TimeSpan.FromHours(5.5)):O} {o.ToUnixTimeSeconds()} {DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123):O} {o == new DateTimeOffset(2024, 6, 1, 19, 0, 0, TimeSpan.Zero)}");
        Console.WriteLine($"{TimeZoneInfo.Utc.Id} {new GregorianCalendar().GetWeekOfYear(d, CalendarWeekRule.FirstFourDayWeek, DayOfWeek.Monday)} {ISOWeek.GetWeekOfYear(d)} {ISOWeek.GetYear(new DateTime(2024, 12, 30))}");
        Console.WriteLine($"{d.ToString(CultureInfo.InvariantCulture)} {day.ToString(CultureInfo.InvariantCulture)} {d.ToBinary() != 0} {DateTime.FromOADate(45351.5):s} {DateTime.UnixEpoch.AddSeconds(1e9):R}");
    }
}
