using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Actors.Teams;

/// <summary>
/// The one spelling of a project: lower-case letters and digits in words, a dash between them, 1 to 40 characters. However a person writes it, <c>Web Shop</c>, <c>web_shop</c>, <c>WebShop</c>,
/// it is the same project.
/// </summary>
[JsonConverter(typeof(ProjectSlugConverter))]
public readonly record struct ProjectSlug
{
    private const int MostLength = 40;

    private ProjectSlug(string value) => Value = value;

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>The project that a person means.</summary>
    /// <param name="text">As it was written.</param>
    /// <param name="slug">Its one spelling.</param>
    /// <returns>False if nothing of it is a letter or a digit, one of them has no plain form, or it has more than 40 characters.</returns>
    public static bool TryOf(string? text, out ProjectSlug slug)
    {
        var value = Canonical(text ?? string.Empty);
        slug = new ProjectSlug(value);
        return value.Length is > 0 and <= MostLength;
    }

    /// <summary>The project that a person means.</summary>
    /// <exception cref="FormatException">It is no name of a project.</exception>
    public static ProjectSlug Of(string text)
        => TryOf(text, out var slug) ? slug : throw new FormatException($"'{text}' is no name of a project: use letters of the Latin alphabet and digits, at most {MostLength}");

    /// <summary>The one spelling of <paramref name="text"/>, or the text itself where it is no name of a project.</summary>
    public static string Spelled(string text) => TryOf(text, out var slug) ? slug.Value : text;

    /// <inheritdoc/>
    public override string ToString() => Value;

    // A word begins where a capital follows a small letter, and after anything that is neither letter nor digit. A letter that has no plain form would be lost, and two projects would be one: that is no name.
    private static string Canonical(string text)
    {
        var slug = new StringBuilder();
        var (boundary, small) = (false, false);
        foreach (var c in text)
        {
            if (Plain(c) is not { } plain)
            {
                return string.Empty;
            }

            if (plain.Length == 0)
            {
                (boundary, small) = (true, false);
                continue;
            }

            if (slug.Length > 0 && (boundary || (small && char.IsUpper(c))))
            {
                slug.Append('-');
            }

            slug.Append(plain);
            (boundary, small) = (false, !char.IsUpper(c));
        }

        return slug.ToString();
    }

    // What stands for a letter or a digit in a slug; nothing for what parts words, null for what has no plain form.
    private static string? Plain(char c) => char.ToLowerInvariant(c) switch
    {
        >= 'a' and <= 'z' or >= '0' and <= '9' => char.ToLowerInvariant(c).ToString(),
        >= 'à' and <= 'å' => "a",
        'æ' => "ae",
        'ç' => "c",
        >= 'è' and <= 'ë' => "e",
        >= 'ì' and <= 'ï' => "i",
        'ñ' => "n",
        (>= 'ò' and <= 'ö') or 'ø' => "o",
        >= 'ù' and <= 'ü' => "u",
        'ý' or 'ÿ' => "y",
        'ß' => "ss",
        _ => char.IsLetterOrDigit(c) || char.IsSurrogate(c) ? null : string.Empty,
    };

    private sealed class ProjectSlugConverter : JsonConverter<ProjectSlug>
    {
        public override ProjectSlug Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Of(reader.GetString() ?? string.Empty);

        public override void Write(Utf8JsonWriter writer, ProjectSlug value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
