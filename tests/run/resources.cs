//@ exit = 0
//@ resources = ["resources/greeting.txt,App.greeting.txt", "resources/empty.bin", "resources/texts.resources,App.texts.resources"]
// Covers: ECMA-335 II.22.24 — embedded resources by name, their streams and their list; ResourceManager and ResourceReader over them.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Resources;

class Program
{
    static void Main()
    {
        Assembly app = typeof(Program).Assembly;
        foreach (string name in app.GetManifestResourceNames()) Console.WriteLine(name);

        using (Stream stream = app.GetManifestResourceStream("App.greeting.txt")!)
        {
            Console.WriteLine($"{stream.Length} {stream.CanRead} {stream.CanWrite} {stream.CanSeek} {stream.Position}");
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is string line) Console.WriteLine(line);
        }
        using (Stream empty = app.GetManifestResourceStream("empty.bin")!)
            Console.WriteLine($"{empty.Length} {empty.ReadByte()}");
        Console.WriteLine(app.GetManifestResourceStream("App.GREETING.txt") == null);
        Console.WriteLine(app.GetManifestResourceStream("App.nothing") == null);
        Console.WriteLine(app.GetManifestResourceStream(typeof(App.Marker), "greeting.txt")!.Length);
        try { app.GetManifestResourceStream(null!); } catch (ArgumentNullException e) { Console.WriteLine(e.GetType().Name); }
        try { app.GetManifestResourceStream(""); } catch (ArgumentException e) { Console.WriteLine(e.Message); }

        ManifestResourceInfo info = app.GetManifestResourceInfo("App.greeting.txt")!;
        Console.WriteLine($"{info.ResourceLocation} {info.FileName ?? "-"} {info.ReferencedAssembly?.FullName ?? "-"}");
        Console.WriteLine(app.GetManifestResourceInfo("App.nothing") == null);

        // Two streams over one resource do not share a position.
        using Stream one = app.GetManifestResourceStream("App.greeting.txt")!, two = app.GetManifestResourceStream("App.greeting.txt")!;
        one.Seek(6, SeekOrigin.Begin);
        Console.WriteLine($"{(char)one.ReadByte()} {(char)two.ReadByte()} {one.Position} {two.Position}");

        using (var texts = new ResourceReader(app.GetManifestResourceStream("App.texts.resources")!))
            foreach (DictionaryEntry entry in texts.Cast<DictionaryEntry>().OrderBy(e => (string)e.Key, StringComparer.Ordinal))
                Console.WriteLine($"{entry.Key}: {(entry.Value is byte[] bytes ? string.Join(",", bytes) : entry.Value)}");

        var manager = new ResourceManager("App.texts", app);
        Console.WriteLine(manager.GetString("hello", CultureInfo.InvariantCulture));
        Console.WriteLine(manager.GetString("missing", CultureInfo.InvariantCulture) ?? "none");
        Console.WriteLine((int)manager.GetObject("number", CultureInfo.InvariantCulture)! + 1);
        try { new ResourceManager("App.other", app).GetString("x", CultureInfo.InvariantCulture); }
        catch (MissingManifestResourceException e) { Console.WriteLine(e.GetType().Name); }
    }
}

namespace App { class Marker { } }
