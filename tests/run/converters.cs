//@ exit = 0
// Covers: System.ComponentModel.TypeDescriptor and its converters: attributes whose arrays are made at run time.
using System;
using System.ComponentModel;
using System.Globalization;

Console.WriteLine(TypeDescriptor.GetConverter(typeof(int)).ConvertFromInvariantString("42"));
Console.WriteLine(TypeDescriptor.GetConverter(typeof(DayOfWeek)).ConvertFromInvariantString("Monday"));
Console.WriteLine(TypeDescriptor.GetConverter(typeof(Guid)).GetType());
Console.WriteLine(TypeDescriptor.GetConverter(typeof(bool)).ConvertToInvariantString(true));
Console.WriteLine(TypeDescriptor.GetConverter(typeof(double)).ConvertFrom(null, CultureInfo.InvariantCulture, "1.5"));
Console.WriteLine(TypeDescriptor.GetConverter(typeof(TimeSpan)).ConvertFromInvariantString("01:02:03"));
Console.WriteLine(TypeDescriptor.GetConverter(typeof(string)).CanConvertFrom(typeof(string)));
try { TypeDescriptor.GetConverter(typeof(int)).ConvertFromInvariantString("x"); } catch (Exception e) { Console.WriteLine(e.GetType()); }
