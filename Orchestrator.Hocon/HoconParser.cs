using Orchestrator.Hocon.Syntax;

namespace Orchestrator.Hocon;

/// <summary>Reads HOCON, as specified in HOCON.md of the Lightbend config library.</summary>
public static class HoconParser
{
    /// <summary>Parses a text and the files it includes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Its name, folder and limits; <see cref="HoconOptions.Default"/> if left out.</param>
    /// <exception cref="HoconException">The text is not HOCON, exceeds a limit, or an included file cannot be read.</exception>
    public static HoconDocument Parse(string text, HoconOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= HoconOptions.Default;
        var inclusion = Inclusion.OfText(options);
        inclusion.CountCharacters(HoconOrigin.Of(options.SourceName), text.Length);
        return new HoconDocument([DocumentParser.Parse(text, inclusion, Scope.Root, 0)], options);
    }

    /// <summary>Parses a file and the files it includes. The file has to be UTF-8.</summary>
    /// <param name="path">The file; in errors it is called as it is called here.</param>
    /// <param name="options">The limits; <see cref="HoconOptions.Default"/> if left out.</param>
    /// <exception cref="HoconException">The file cannot be read, is not HOCON, exceeds a limit, or an included file cannot be read.</exception>
    public static HoconDocument ParseFile(string path, HoconOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= HoconOptions.Default;
        return new HoconDocument([Inclusion.ParseFile(path, options)], options);
    }
}
