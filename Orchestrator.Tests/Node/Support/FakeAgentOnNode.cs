using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

using Orchestrator.Tests.Tmux;

namespace Orchestrator.Tests.Node.Support;

/// <summary>A fake agent under a node, with what really was submitted to it.</summary>
internal sealed partial record FakeAgentOnNode(string Name, string LogFile)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Everything that was submitted to it, in order.</summary>
    public IReadOnlyList<Submitted> Log()
        => File.Exists(LogFile) ? [.. File.ReadAllLines(LogFile).Select(static line => JsonSerializer.Deserialize<Submitted>(line, Json)!)] : [];

    /// <summary>Whether a submit is exactly this text in its envelope: nothing missing, nothing added.</summary>
    public static bool IsWhole(Submitted submitted, string text)
    {
        if (Opening().Match(submitted.Text) is not { Success: true } opening)
        {
            return false;
        }

        var whole = $"{opening.Value}\n{text}\n[end {opening.Groups["seal"].Value}]";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole))) == submitted.Sha256;
    }

    [GeneratedRegex(@"\A\[message [0-9A-Z]{26} from [^\]]+\] ends with \[end (?<seal>[0-9A-Z]{6})\]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Opening();
}
