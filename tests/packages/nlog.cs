//@ packages = ["NLog 6.2.2"]
// Covers: NLog: layouts and targets named in a configuration file's text, made and set by reflection; a target and a renderer of the program's own.
using System;
using System.Text;
using NLog;
using NLog.Config;
using NLog.LayoutRenderers;
using NLog.Targets;

[Target("Own")]
public sealed class OwnTarget : TargetWithLayout
{
    public string Prefix { get; set; }
    public int Limit { get; set; } = 100;
    protected override void Write(LogEventInfo e)
    {
        var text = Prefix + RenderLogEvent(Layout, e);
        Console.WriteLine(text.Length > Limit ? text.Substring(0, Limit) : text);
    }
}

[LayoutRenderer("twice")]
public sealed class TwiceRenderer : LayoutRenderer
{
    [DefaultParameter] public string Text { get; set; }
    protected override void Append(StringBuilder builder, LogEventInfo e) => builder.Append(Text).Append(Text);
}

static class Program
{
    static void Main()
    {
        LogManager.Setup().SetupExtensions(s => s.RegisterTarget<OwnTarget>("Own").RegisterLayoutRenderer<TwiceRenderer>("twice"));
        const string Text = """
            <nlog throwConfigExceptions="true">
              <variable name="head" value="${level:uppercase=true}" />
              <targets>
                <target name="a" type="Own" prefix="A " limit="60" layout="${head}|${logger}|${message}|${twice:xy}" />
                <target name="b" type="Own" prefix="B " layout="${message:withException=true} ${event-properties:Who} ${when:when=level >= LogLevel.Error:inner=bad} ${exception:format=Type}" />
              </targets>
              <rules>
                <logger name="app.*" minlevel="Info" writeTo="a" />
                <logger name="*" minlevel="Warn" writeTo="b" />
              </rules>
            </nlog>
            """;
        LogManager.Configuration = XmlLoggingConfiguration.CreateFromXmlString(Text);
        var log = LogManager.GetLogger("app.main");
        log.Debug("not shown");
        log.Info("hello {Who} {N}", "me", 5);
        log.Warn("careful {Who}", "you");
        log.Error(new InvalidOperationException("boom"), "failed {Who} with a text that is longer than the limit says", "it");
        LogManager.GetLogger("other").Fatal("end");
        foreach (var rule in LogManager.Configuration.LoggingRules)
            Console.WriteLine(rule.LoggerNamePattern + " " + rule.Targets.Count);
        try { LogManager.Configuration = XmlLoggingConfiguration.CreateFromXmlString(Text.Replace("limit=\"60\"", "limit=\"x\"")); }
        catch (Exception e) { Console.WriteLine(e.GetType().Name); }
    }
}
