//@ packages = ["System.Configuration.ConfigurationManager 8.0.0"]
// Covers: System.Configuration: sections of the program's own, made by the types that a file names, properties by attributes, converters, validators.
using System;
using System.ComponentModel;
using System.Configuration;
using System.IO;

public class Element : ConfigurationElement
{
    [ConfigurationProperty("name", IsKey = true, IsRequired = true)] public string Name => (string)this["name"];
    [ConfigurationProperty("port", DefaultValue = 80), IntegerValidator(MinValue = 1, MaxValue = 999)] public int Port => (int)this["port"];
}

[ConfigurationCollection(typeof(Element), AddItemName = "server")]
public class Elements : ConfigurationElementCollection
{
    protected override ConfigurationElement CreateNewElement() => new Element();
    protected override object GetElementKey(ConfigurationElement element) => ((Element)element).Name;
}

public class OwnSection : ConfigurationSection
{
    [ConfigurationProperty("mode", DefaultValue = DayOfWeek.Monday)] public DayOfWeek Mode => (DayOfWeek)this["mode"];
    [ConfigurationProperty("wait", DefaultValue = "00:00:05")] public TimeSpan Wait => (TimeSpan)this["wait"];
    [ConfigurationProperty("servers", IsDefaultCollection = true)] public Elements Servers => (Elements)this["servers"];
}

static class Program
{
    static void Try(string name, Action action)
    {
        Console.WriteLine("== " + name);
        try { action(); }
        catch (Exception e) { Console.WriteLine(e.GetType().Name + ": " + e.Message.Split('(')[0].Trim()); }
    }

    static OwnSection Open(string body)
    {
        var file = Path.Combine(Path.GetTempPath(), "kiln-" + Guid.NewGuid().ToString("N") + ".config");
        File.WriteAllText(file, "<configuration><configSections><section name=\"own\" type=\"OwnSection, " + typeof(OwnSection).Assembly.GetName().Name
            + "\"/></configSections><appSettings><add key=\"k\" value=\"v\"/></appSettings>" + body + "</configuration>");
        try
        {
            var map = new ExeConfigurationFileMap { ExeConfigFilename = file };
            var configuration = ConfigurationManager.OpenMappedExeConfiguration(map, ConfigurationUserLevel.None);
            Console.WriteLine(configuration.AppSettings.Settings["k"].Value);
            return (OwnSection)configuration.GetSection("own");
        }
        finally { File.Delete(file); }
    }

    static void Main()
    {
        Try("values", () =>
        {
            var own = Open("<own mode=\"Friday\" wait=\"00:01:00\"><servers><server name=\"a\"/><server name=\"b\" port=\"90\"/></servers></own>");
            Console.WriteLine(own.Mode + " " + own.Wait + " " + own.Servers.Count);
            foreach (Element e in own.Servers) Console.WriteLine(e.Name + e.Port);
        });
        Try("defaults", () => { var own = Open("<own/>"); Console.WriteLine(own.Mode + " " + own.Wait + " " + own.Servers.Count); });
        Try("invalid", () => { foreach (Element e in Open("<own><servers><server name=\"a\" port=\"5000\"/></servers></own>").Servers) Console.WriteLine(e.Port); });
        Try("bad enum", () => Console.WriteLine(Open("<own mode=\"Never\"/>").Mode));
        Try("unknown", () => Open("<own nope=\"1\"/>"));
        Try("converter", () => Console.WriteLine(new TimeSpanMinutesConverter().ConvertFrom("5") + " " + TypeDescriptor.GetConverter(typeof(DayOfWeek)).ConvertFrom("Friday")));
    }
}
