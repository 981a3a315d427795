using System.Text.RegularExpressions;

namespace Orchestrator.Api.Inspection;

/// <summary>Takes what looks like a secret out of text that is shown: tokens, passwords, keys, by the form in which they are written.</summary>
internal static partial class SecretText
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Redacted = "(redacted)";

    /// <summary><paramref name="text"/> without its secrets.</summary>
    public static string Redact(string text)
        => Named().Replace(Private().Replace(Shaped().Replace(text, Redacted), Redacted), static match => $"{match.Groups["name"].Value}{Redacted}");

    // Tokens of this product, of providers of models and of forges, and JSON web tokens: known by their first letters.
    [GeneratedRegex(@"\b(orc(join)?_[0-9a-f]{16,}|sk-[A-Za-z0-9_-]{16,}|(ghp|gho|ghs|ghr|glpat|xox[abpr])[_-][A-Za-z0-9_-]{16,}|AIza[0-9A-Za-z_-]{30,}|AKIA[0-9A-Z]{16}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shaped();

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\z)", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Private();

    // What is named as a secret: password=..., "apiKey": "...", Authorization: Bearer ..., https://user:...@host.
    [GeneratedRegex(@"(?<name>\b[\w.-]*(password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|access[_-]?token|auth[_-]?token)""?\s*[=:]\s*|\bauthorization""?\s*[=:]\s*(""?\s*(bearer|basic)\s+)?|\bbearer\s+|://[^\s/:@]*:(?=[^\s/@]+@))(""[^""]*""|'[^']*'|[^\s;,&""'@]+)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();
}
