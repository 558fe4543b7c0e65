# The app with its weights baked in, on two CPU cores or more:
#   docker build -t semantic-face-editor . && docker run --rm -p 127.0.0.1:7860:7860 semantic-face-editor
# The CPU builds of torch and torchvision are preferred where that index has them (2.15.0+cpu is newer than 2.15.0 to pip):
# the default ones bring several gigabytes of CUDA.
FROM python:3.12-slim AS build
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH EDITOR_CACHE=/weights
COPY requirements.txt .
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --no-cache-dir --extra-index-url $TORCH_INDEX -r requirements.txt
COPY weights weights
COPY editor editor
RUN python -c "from editor.models import load_models; from editor.weights import WeightStore; load_models('embedded', WeightStore())"

FROM python:3.12-slim
RUN useradd --create-home editor
WORKDIR /app
ENV PATH=/venv/bin:$PATH EDITOR_CACHE=/weights PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /venv /venv
COPY --from=build --chown=editor /weights /weights
COPY app.py ./
COPY editor editor
COPY weights weights
COPY assets assets
USER editor
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=4)"
CMD ["python", "app.py", "--host", "0.0.0.0"]
