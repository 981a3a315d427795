using System.Collections.Frozen;

namespace Orchestrator.Api.Dashboard;

/// <summary>A file of the dashboard as it is served.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Immutable">Its name carries a hash of its content, so that a copy of it is good for ever.</param>
internal sealed record DashboardFile(ReadOnlyMemory<byte> Content, string ContentType, bool Immutable);

/// <summary>The built dashboard, which is embedded in this assembly: by path, the page itself under <c>/</c>.</summary>
internal static class DashboardFiles
{
    private const string Prefix = "dashboard/";
    private const string Page = "index.html";

    /// <summary>Every file there is; nothing else is served.</summary>
    public static FrozenDictionary<string, DashboardFile> All { get; } = Read();

    private static FrozenDictionary<string, DashboardFile> Read()
    {
        var assembly = typeof(DashboardFiles).Assembly;
        var files = new Dictionary<string, DashboardFile>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var path = resource[Prefix.Length..];
            files["/" + (path == Page ? string.Empty : path)] = new DashboardFile(content, TypeOf(path), Immutable: path.StartsWith("assets/", StringComparison.Ordinal));
        }

        return files.ContainsKey("/") ? files.ToFrozenDictionary(StringComparer.Ordinal) : throw new InvalidOperationException("the dashboard was not built in: Orchestrator.Dashboard/dist is missing");
    }

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"the dashboard has a file of a kind that is not served: {other}"),
    };
}
