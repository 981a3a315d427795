using System.Globalization;
using System.Net;

namespace Orchestrator.Client;

/// <summary>What came of the tries of one call, for whoever has to be told that it was given up.</summary>
internal sealed class Tries(HttpMethod method, string addresses, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private int _count;
    private bool _arrived;
    private ProblemInfo? _unavailable;
    private Exception? _last;

    /// <summary>One more is made.</summary>
    public void Begin()
    {
        _count++;
        _last = null;
    }

    /// <summary>The node answered that it could not just then: what it was asked for may be under way.</summary>
    public void Unavailable(ProblemInfo problem) => (_arrived, _unavailable) = (true, problem);

    /// <summary>The try came to nothing. Where no connection was made, nothing can have been done.</summary>
    public void Failed(Exception e)
    {
        _last = e;
        _arrived |= e is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
    }

    /// <summary>What whoever made the call is told: what was answered last, else that nothing was, how often and for how long it was tried, and whether it may have been done.</summary>
    public OrchestratorException GivenUp()
    {
        var elapsed = time.GetElapsedTime(_began).TotalSeconds;
        var tried = string.Create(CultureInfo.InvariantCulture, $"tried {(_count == 1 ? "once" : $"{_count} times")} in {elapsed:0.0} s");
        var isDoubtful = method != HttpMethod.Get && _arrived;
        var doubt = method == HttpMethod.Get ? string.Empty : _arrived ? "; it may have been carried out: look before you repeat it" : "; it was not carried out";
        var silence = _last is null or OperationCanceledException ? "no answer in this time" : _last.Message;
        return _unavailable is { } problem
            ? new ApiException(HttpStatusCode.ServiceUnavailable, problem with { Detail = $"{problem.Detail ?? problem.Title} ({tried}{doubt})" }) { MayHaveHappened = isDoubtful }
            : new NodeUnreachableException($"the node at {addresses} does not answer ({silence}; {tried}{doubt}). Is it running? Start it with ./run.", _last) { MayHaveHappened = isDoubtful };
    }
}
